import type { GbdtModel, Tree } from './tree-model.ts'

const noParent = 2_147_483_647

/** The shortest decimal that reads back as the same float32; always a JSON float, which XGBoost's reader insists on. */
function float(value: number): string {
  if (Object.is(value, -0)) return '-0E0'
  let text = String(value)
  for (let digits = 6; digits <= 9; digits++) {
    const shorter = value.toPrecision(digits)
    if (Math.fround(Number(shorter)) === value) {
      text = String(Number(shorter))
      break
    }
  }
  return /[.e]/.test(text) ? text : `${text}E0`
}

const floats = (values: Float32Array): string => `[${Array.from(values, float).join(',')}]`
const integers = (values: ArrayLike<number>): string => `[${Array.from(values).join(',')}]`
const text = (value: number | string): string => JSON.stringify(String(value))

function parentsOf(tree: Tree): Int32Array {
  const parents = new Int32Array(tree.left.length).fill(noParent)
  for (let node = 0; node < tree.left.length; node++) {
    if (tree.left[node]! < 0) continue
    parents[tree.left[node]!] = node
    parents[tree.right[node]!] = node
  }
  return parents
}

function encodeTree(tree: Tree, id: number, features: number): string {
  const nodes = tree.left.length
  const split = Array.from(tree.rightCategories).sort(([a], [b]) => a - b)
  const sizes = split.map(([, categories]) => categories.length)
  let end = 0
  const starts = sizes.map((size) => {
    end += size
    return end - size
  })
  const splitType = new Uint8Array(nodes)
  for (const [node] of split) splitType[node] = 1
  const conditions = tree.threshold.map((value, node) => (tree.left[node]! < 0 ? tree.weight[node]! : value))
  const parts = [
    `"base_weights":${floats(tree.weight)}`,
    `"categories":${integers(split.flatMap(([, categories]) => Array.from(categories)))}`,
    `"categories_nodes":${integers(split.map(([node]) => node))}`,
    `"categories_segments":${integers(starts)}`,
    `"categories_sizes":${integers(sizes)}`,
    `"default_left":${integers(tree.defaultLeft)}`,
    `"id":${id}`,
    `"left_children":${integers(tree.left)}`,
    `"loss_changes":${floats(tree.gain)}`,
    `"parents":${integers(parentsOf(tree))}`,
    `"right_children":${integers(tree.right)}`,
    `"split_conditions":${floats(conditions)}`,
    `"split_indices":${integers(tree.feature)}`,
    `"split_type":${integers(splitType)}`,
    `"sum_hessian":${floats(tree.cover)}`,
    `"tree_param":{"num_deleted":"0","num_feature":${text(features)},"num_nodes":${text(nodes)},"size_leaf_vector":"1"}`,
  ]
  return `{${parts.join(',')}}`
}

function objectiveParameters({ objective, groups, quantile }: GbdtModel): string {
  switch (objective) {
    case 'multi:softprob':
      return `,"softmax_multiclass_param":{"num_class":${text(groups)}}`
    case 'count:poisson':
      return ',"poisson_regression_param":{"max_delta_step":"0.7"}'
    case 'reg:quantileerror':
      return `,"quantile_loss_param":{"quantile_alpha":${text(`[${quantile}]`)}}`
    case 'reg:absoluteerror':
      return ''
    default:
      return ',"reg_loss_param":{"scale_pos_weight":"1"}'
  }
}

/** Writes a model in XGBoost's JSON format, which `xgboost.Booster(model_file=…)` reads. */
export function encodeGbdtModel(model: GbdtModel): string {
  const { trees, features, groups, featureNames } = model
  const rounds = Math.ceil(trees.length / groups)
  const boundaries = Array.from({ length: rounds + 1 }, (_, round) => Math.min(round * groups, trees.length))
  const base = text(`[${Array.from(model.baseScore, float).join(',')}]`)
  const types = model.categorical.map((is) => (is ? 'c' : 'float'))
  const classes = model.objective === 'multi:softprob' ? groups : 0
  return [
    '{"learner":{"attributes":{}',
    `,"feature_names":${JSON.stringify(featureNames)},"feature_types":${JSON.stringify(types)}`,
    ',"gradient_booster":{"model":{',
    '"cats":{"enc":[],"feature_segments":[],"sorted_idx":[]}',
    `,"gbtree_model_param":{"num_parallel_tree":"1","num_trees":${text(trees.length)}}`,
    `,"iteration_indptr":${integers(boundaries)},"tree_info":${integers(model.treeGroup)}`,
    `,"trees":[\n${trees.map((tree, id) => encodeTree(tree, id, features)).join(',\n')}\n]},"name":"gbtree"}`,
    `,"learner_model_param":{"base_score":${base},"boost_from_average":"1"`,
    `,"num_class":${text(classes)},"num_feature":${text(features)},"num_target":"1"}`,
    `,"objective":{"name":${text(model.objective)}${objectiveParameters(model)}}}`,
    ',"version":[3,2,0]}\n',
  ].join('')
}
