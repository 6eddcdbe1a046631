import type { Batch } from '../features/batch.ts'

/** A model behind its feature pipeline, whatever computes it. */
export interface Scorer {
  readonly inputs: number
  readonly outputs: number
  /**
   * Writes `rows * outputs` scores, row-major; `inputs` holds `rows * this.inputs` values. A row's scores have the same
   * bits whichever rows are beside it.
   */
  score(inputs: Float32Array, rows: number, out: Float64Array): void
}

/** A model that reads the columns themselves and decides classes by itself. */
export interface BatchScorer {
  readonly inputs: number
  readonly outputs: number
  /** Writes `rows * outputs` scores and, for classes, an index a row; the same bits whichever rows are beside a row. */
  scoreBatch(batch: Batch, scores: Float64Array, classIndexes: Int32Array): void
}
