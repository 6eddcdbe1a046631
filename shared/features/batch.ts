/**
 * Rows as columns, the one shape that training, batch scoring and requests all hand to the pipeline.
 *
 * A column is, by what its encoder reads (`readingOf`),
 * - numeric: `Float64Array`, NaN where missing;
 * - boolean: `Float64Array` of 0 or 1, NaN where missing;
 * - timestamp: `Float64Array` of milliseconds since 1970 UTC, NaN where missing;
 * - categorical: `Int32Array` of indexes into the encoder's `categories`,
 *   `missingCode` where missing, `unseenCode` where the value was not in the training data;
 *   the encoders `hashing` and `target` know codes beyond the categories, see `hashing-codes.ts` and `pipeline.ts`;
 * - text: `Float64Array` of places in `tokens`, see `token-places.ts`, NaN where missing.
 *
 * `columns[i]` belongs to `pipeline.columns[i]`; arrays may be longer than `rows`.
 */
export interface Batch {
  readonly rows: number
  readonly columns: readonly BatchColumn[]
  /** The hashed tokens of all text columns; absent where no column is text. */
  readonly tokens?: Int32Array | undefined
}

export type BatchColumn = Float64Array | Int32Array

export const missingCode = -1
export const unseenCode = -2
