/**
 * A regression tree as parallel arrays, one place per node, the root at 0 and every child after its parent.
 * `left` and `right` are −1 at a leaf. A row goes left where its float32 value is less than `threshold`,
 * and by `defaultLeft` where the value is missing (NaN), as in XGBoost. A split on categories has a set instead of a
 * threshold: its categories go right, every other one left.
 */
export interface Tree {
  readonly feature: Int32Array
  readonly threshold: Float32Array
  readonly left: Int32Array
  readonly right: Int32Array
  readonly defaultLeft: Uint8Array
  /** Of each node that splits on categories, the codes that go right, ascending. */
  readonly rightCategories: ReadonlyMap<number, Int32Array>
  /** What the node adds to a row's margin when it is a leaf; kept for inner nodes, where it changes nothing. */
  readonly weight: Float32Array
  /** Loss reduction of the node's split; 0 at a leaf. */
  readonly gain: Float32Array
  /** Sum of the hessians of the training rows in the node. */
  readonly cover: Float32Array
}

export const gbdtObjectives = [
  'binary:logistic',
  'multi:softprob',
  'reg:squarederror',
  'reg:absoluteerror',
  'count:poisson',
  'reg:quantileerror',
] as const
export type GbdtObjective = (typeof gbdtObjectives)[number]

/** Boosted trees: margins are the base plus the sum of a group's leaves, then go through the objective's link. */
export interface GbdtModel {
  readonly objective: GbdtObjective
  /** The quantile of `reg:quantileerror`; 0.5 with every other objective. */
  readonly quantile: number
  readonly features: number
  readonly featureNames: readonly string[]
  /** Per feature, whether its values are category codes; empty where none is. */
  readonly categorical: readonly boolean[]
  /** Outputs per row: one per class with `multi:softprob`, else 1. */
  readonly groups: number
  /**
   * Per group, as XGBoost stores it: a probability with `binary:logistic`, a mean with `count:poisson`, else a margin.
   */
  readonly baseScore: Float32Array
  readonly trees: readonly Tree[]
  /** Per tree, the group it adds to. */
  readonly treeGroup: Int32Array
}

/** The margins every row starts from. Rounded as XGBoost rounds, so that sums of leaves agree bit for bit. */
export function baseMargins({ objective, baseScore }: GbdtModel): Float32Array {
  switch (objective) {
    case 'binary:logistic':
      return baseScore.map((p) => -Math.log(Math.fround(Math.fround(1 / p) - 1)))
    case 'count:poisson':
      return baseScore.map((mean) => Math.log(mean))
    default:
      return baseScore
  }
}
