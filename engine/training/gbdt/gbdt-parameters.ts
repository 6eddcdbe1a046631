import type { GbdtObjective } from '../../../shared/models/gbdt/tree-model.ts'

export interface GbdtParameters {
  objective: GbdtObjective
  /** The quantile of `reg:quantileerror`. */
  quantile: number
  /** Rounds: trees per class with `multi:softprob`. */
  trees: number
  learningRate: number
  /** Splits from the root to a leaf; 0 is no limit and needs `maxLeaves`. */
  maxDepth: number
  /** Set, the leaf that gains most is split next until there are so many; 0 splits every leaf, level by level. */
  maxLeaves: number
  /** Least sum of hessians in a child: of rows, with a squared error. */
  minChildWeight: number
  l1: number
  l2: number
  /** Least loss reduction of a split. */
  gamma: number
  /** Share of the rows each round draws. */
  subsample: number
  /** Share of the inputs each tree draws. */
  colsample: number
  /** Per input, 1 where predictions may only rise with it, −1 where only fall, else 0; empty for none. */
  monotone: readonly number[]
  /** Columns of fewer categories are split one category against the rest, others set against set. */
  maxCatToOnehot: number
  /** Bins per input, the one of missing values among them; 3 to 256. */
  maxBins: number
  /** Rounds without a better validation loss before training stops; 0 never stops early. */
  patience: number
  seed: number
}

export const gbdtDefaults: Omit<GbdtParameters, 'objective' | 'seed'> = {
  quantile: 0.5,
  trees: 300,
  learningRate: 0.1,
  maxDepth: 6,
  maxLeaves: 0,
  minChildWeight: 1,
  l1: 0,
  l2: 1,
  gamma: 0,
  subsample: 1,
  colsample: 1,
  monotone: [],
  maxCatToOnehot: 4,
  maxBins: 256,
  patience: 20,
}

/** Rows to train on or to watch. */
export interface GbdtRows {
  readonly rows: number
  readonly width: number
  /** Class indexes or numbers. */
  readonly target: ArrayLike<number>
  /** How much each row counts, more than 0; absent where all count the same. */
  readonly weights?: ArrayLike<number> | undefined
  /** Inputs of rows `from … to`, row-major, NaN where missing; valid until the next call. */
  read(from: number, to: number): Float32Array
}
