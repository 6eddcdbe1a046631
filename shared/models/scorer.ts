import type { Batch } from '../features/batch.ts'
import type { Pipeline } from '../features/pipeline.ts'

/** A model behind its feature pipeline, whatever computes it. */
export interface Scorer {
  readonly inputs: number
  readonly outputs: number
  /**
   * Writes `rows * outputs` scores, row-major; `inputs` holds `rows * this.inputs` values. A row's scores have the same
   * bits whichever rows are beside it.
   */
  score(inputs: Float32Array, rows: number, out: Float64Array): void
  /**
   * The same scores from the columns, without a matrix of inputs in between. Null where the model or the pipeline needs
   * the matrix.
   */
  overColumns?(pipeline: Pipeline): ((batch: Batch, out: Float64Array) => void) | null
}

/** A model that reads the columns themselves and decides classes by itself. */
export interface BatchScorer {
  readonly inputs: number
  readonly outputs: number
  /** Writes `rows * outputs` scores and, for classes, an index a row; the same bits whichever rows are beside a row. */
  scoreBatch(batch: Batch, scores: Float64Array, classIndexes: Int32Array): void
}
