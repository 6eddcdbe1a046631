/**
 * Rows as columns, the one shape that training, batch scoring and requests all hand to the pipeline.
 *
 * A column is, by the type its pipeline encoder expects,
 * - numeric: `Float64Array`, NaN where missing;
 * - boolean: `Float64Array` of 0 or 1, NaN where missing;
 * - categorical: `Int32Array` of indexes into the encoder's `categories`,
 *   `missingCode` where missing, `unseenCode` where the value was not in the training data.
 *
 * `columns[i]` belongs to `pipeline.columns[i]`; arrays may be longer than `rows`.
 */
export interface Batch {
  readonly rows: number
  readonly columns: readonly BatchColumn[]
}

export type BatchColumn = Float64Array | Int32Array

export const missingCode = -1
export const unseenCode = -2
