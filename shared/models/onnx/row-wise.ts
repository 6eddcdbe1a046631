import type { OnnxGraph } from './read-graph.ts'

/**
 * Operators that move values, look them up, or compute each by itself in one rounding, and trees, whose sums are a
 * loop over the trees: whatever the number of rows, a row's values come out of the same operations in the same order.
 */
const exact = new Set(
  `Identity Cast Concat Reshape Squeeze Unsqueeze Flatten Transpose Gather ArrayFeatureExtractor Split Slice Where Equal
   Less Greater Not And Or IsNaN Add Sub Mul Div Abs Neg Max Min Relu Clip ArgMax OneHotEncoder LabelEncoder
   CategoryMapper FeatureVectorizer Binarizer Imputer Scaler TreeEnsembleClassifier TreeEnsembleRegressor TreeEnsemble
   ZipMap Constant`.split(/\s+/),
)

/** Whether no operator of a graph adds up over a row, or computes a function that kernels approximate. */
export function rowWise({ operators }: OnnxGraph): boolean {
  return [...operators].every((operator) => exact.has(operator))
}
