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
