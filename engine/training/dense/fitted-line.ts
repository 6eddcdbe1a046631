/** How sure a solver is of what it fitted, in the pipeline's inputs. */
export interface Certainty {
  /** Standard errors like `weights` and `biases`; NaN where dependent. */
  readonly weights: Float64Array
  readonly biases: Float64Array
  /** Of Student's t; null for the normal distribution. */
  readonly degreesOfFreedom: number | null
  /** Standard deviation of the residuals in the target's unit; null for classes. */
  readonly residualDeviation: number | null
}

/** A linear or logistic model in the pipeline's inputs and the target's unit, before it is rounded to float32. */
export interface FittedLine {
  readonly outputs: number
  /** Row-major `[inputs][outputs]`. */
  readonly weights: Float64Array
  readonly biases: Float64Array
  /** Inputs that follow from the others: their weight is 0. */
  readonly dependent: readonly number[]
  /** Null with the reason where standard errors mean nothing. */
  readonly certainty: Certainty | null
  readonly withoutCertainty: string | null
  readonly penalty: { readonly l1: number; readonly l2: number }
  /** What whoever reads the table must know. */
  readonly notes: readonly string[]
}
