import type { Batch } from '../batch.ts'

/** Model inputs, row-major: input `i` of row `r` is at `r * width + i`. */
export type InputMatrix = Float32Array | Float64Array

/** Writes one column's inputs for every row of a batch into a matrix that is zero there. */
export type WriteColumn = (batch: Batch, out: InputMatrix) => void

/** Where a column stands in the batch and its inputs in a row of the matrix. */
export interface Place {
  readonly column: number
  readonly offset: number
  readonly width: number
}
