import { z } from 'zod'
import { decodeJson } from '../../decode.ts'
import { Failure } from '../../failure.ts'
import { createGbdtScorer, type GbdtScorer } from './gbdt-scorer.ts'
import { type GbdtModel, type GbdtObjective, gbdtObjectives, type Tree } from './tree-model.ts'

const integers = z.array(z.number().int())
const numbers = z.array(z.number())
/** Beyond it a float32 holds no whole number of its own. */
const mostCategories = 2 ** 24 - 1
/** XGBoost writes its parameters as text. */
const integerText = z.string().regex(/^\d+$/, 'expected a whole number as text').transform(Number)

/** The part of an XGBoost model that is read; what is beside it changes no prediction. */
const documentSchema = z.object({
  version: z.tuple([z.number().int(), z.number().int(), z.number().int()]),
  learner: z.object({
    feature_names: z.array(z.string()).default([]),
    feature_types: z.array(z.string()).default([]),
    learner_model_param: z.object({
      base_score: z.string(),
      num_class: integerText,
      num_feature: integerText,
      num_target: integerText.default(1),
    }),
    objective: z.object({
      name: z.string(),
      quantile_loss_param: z.object({ quantile_alpha: z.string() }).optional(),
    }),
    gradient_booster: z.object({
      name: z.string(),
      model: z
        .object({
          tree_info: integers,
          trees: z.array(
            z.object({
              base_weights: numbers,
              categories: integers.default([]),
              categories_nodes: integers.default([]),
              categories_segments: integers.default([]),
              categories_sizes: integers.default([]),
              default_left: z.array(z.union([z.number().int(), z.boolean()])),
              left_children: integers,
              right_children: integers,
              loss_changes: numbers,
              split_conditions: numbers,
              split_indices: integers,
              split_type: integers.optional(),
              sum_hessian: numbers,
              tree_param: z.object({ size_leaf_vector: z.string().default('1') }),
            }),
          ),
        })
        .optional(),
    }),
  }),
})
type Document = z.infer<typeof documentSchema>
type StoredTree = NonNullable<Document['learner']['gradient_booster']['model']>['trees'][number]

function unsupported(detail: string, whatToDo: string, path: string): Failure {
  return new Failure('invalid-input', `The XGBoost model cannot be used: ${detail}.`, whatToDo, path)
}

function broken(detail: string): Failure {
  return new Failure('integrity', `The model cannot be used: ${detail}.`, 'Train or export it again.')
}

/** `"5E-1"` up to XGBoost 3.0, `"[5E-1]"` or one per class after it. */
function readList(text: string, name: string): number[] {
  const values = text
    .replace(/^\[|\]$/g, '')
    .split(',')
    .map((part) => (part.trim() === '' ? Number.NaN : Number(part)))
  if (!values.every(Number.isFinite)) throw broken(`${name} is ${JSON.stringify(text)}, not a number`)
  return values
}

/** The nodes that a row can reach, parents first: XGBoost leaves pruned ones in place. */
function reachable(stored: StoredTree, name: string): number[] {
  const { left_children: left, right_children: right } = stored
  const order = [0]
  const seen = new Uint8Array(left.length)
  seen[0] = 1
  for (let at = 0; at < order.length; at++) {
    const node = order[at]!
    if (left[node]! < 0) continue
    for (const child of [left[node]!, right[node]!]) {
      if (child < 0 || child >= left.length || seen[child] === 1) {
        throw broken(`${name} is no tree: node ${node} has child ${child} of ${left.length} nodes`)
      }
      seen[child] = 1
      order.push(child)
    }
  }
  return order
}

/** The categories that go right, by node. */
function readSets(stored: StoredTree, name: string): Map<number, Int32Array> {
  const { categories, categories_nodes: nodes, split_type: types = [] } = stored
  const { categories_segments: starts, categories_sizes: sizes } = stored
  const sets = new Map<number, Int32Array>()
  nodes.forEach((node, i) => {
    const [start = 0, size = 0] = [starts[i], sizes[i]]
    const set = Int32Array.from(categories.slice(start, start + size)).sort()
    if (set.length !== size || set.some((category) => category < 0 || category > mostCategories)) {
      throw broken(`the categories of node ${node} of ${name} are cut short or out of range`)
    }
    sets.set(node, set)
  })
  const bare = types.findIndex((type, node) => type === 1 && !sets.has(node))
  if (bare >= 0) throw broken(`node ${bare} of ${name} splits on categories that are not there`)
  return sets
}

function readTree(stored: StoredTree, index: number, features: number): Tree {
  const name = `trees[${index}]`
  const nodes = stored.left_children.length
  const lengths = [
    stored.right_children,
    stored.default_left,
    stored.split_conditions,
    stored.split_indices,
    stored.base_weights,
    stored.loss_changes,
    stored.sum_hessian,
  ].map((list) => list.length)
  if (nodes === 0 || lengths.some((length) => length !== nodes)) {
    throw broken(`${name} has lists of ${[nodes, ...lengths].join(', ')} values where all have one per node`)
  }
  if (stored.tree_param.size_leaf_vector !== '1' && stored.tree_param.size_leaf_vector !== '0') {
    throw unsupported(
      'its leaves hold several values',
      'Train it with multi_strategy="one_output_per_tree".',
      name,
    )
  }
  const order = reachable(stored, name)
  const placeOf = new Int32Array(nodes)
  order.forEach((node, place) => {
    placeOf[node] = place
  })
  const isLeaf = (node: number) => stored.left_children[node]! < 0
  for (const node of order) {
    const feature = stored.split_indices[node]!
    if (!isLeaf(node) && (feature < 0 || feature >= features)) {
      throw broken(`${name} splits on feature ${feature} of ${features}`)
    }
    if (!Number.isFinite(Math.fround(stored.split_conditions[node]!))) {
      throw broken(`node ${node} of ${name} holds a value that is not finite`)
    }
  }
  const sets = readSets(stored, name)
  const isSet = (node: number) => !isLeaf(node) && sets.has(node)
  const floatsOf = (list: readonly number[]) => Float32Array.from(order, (node) => list[node]!)
  return {
    feature: Int32Array.from(order, (node) => (isLeaf(node) ? 0 : stored.split_indices[node]!)),
    threshold: Float32Array.from(order, (node) =>
      isLeaf(node) || isSet(node) ? 0 : stored.split_conditions[node]!,
    ),
    left: Int32Array.from(order, (node) => (isLeaf(node) ? -1 : placeOf[stored.left_children[node]!]!)),
    right: Int32Array.from(order, (node) => (isLeaf(node) ? -1 : placeOf[stored.right_children[node]!]!)),
    rightCategories: new Map(
      order.flatMap((node, place) => (isSet(node) ? [[place, sets.get(node)!] as const] : [])),
    ),
    defaultLeft: Uint8Array.from(order, (node) => Number(stored.default_left[node]!)),
    weight: Float32Array.from(order, (node) =>
      isLeaf(node) ? stored.split_conditions[node]! : stored.base_weights[node]!,
    ),
    gain: floatsOf(stored.loss_changes),
    cover: floatsOf(stored.sum_hessian),
  }
}

function readObjective(name: string): GbdtObjective {
  // The two differ in what XGBoost's own predict gives: the class or its probabilities.
  if (name === 'multi:softmax') return 'multi:softprob'
  const known = gbdtObjectives.find((objective) => objective === name)
  if (known) return known
  throw unsupported(
    `its objective is ${JSON.stringify(name)}; expected ${gbdtObjectives.join(', ')}`,
    'Train it with one of these.',
    'learner.objective.name',
  )
}

/**
 * Reads boosted trees from XGBoost's JSON format, as written by version 1.6 or newer.
 *
 * @throws Failure `invalid-input` for a booster, objective or split that is not supported, `integrity` for a damaged one
 */
export function readGbdtModel(modelJson: string): GbdtModel {
  const { learner } = decodeJson(documentSchema, modelJson, 'model.json')
  const { learner_model_param: parameters, gradient_booster: booster } = learner
  if (booster.name !== 'gbtree' || booster.model === undefined) {
    throw unsupported(
      `its booster is ${JSON.stringify(booster.name)}; expected "gbtree"`,
      'Train it with booster="gbtree".',
      'learner.gradient_booster.name',
    )
  }
  if (parameters.num_target > 1) {
    throw unsupported(
      `it predicts ${parameters.num_target} targets`,
      'Train one model per target.',
      'learner',
    )
  }
  const objective = readObjective(learner.objective.name)
  const groups = objective === 'multi:softprob' ? parameters.num_class : 1
  if (groups < 1) throw broken(`multi:softprob with ${groups} classes`)
  const quantiles = readList(learner.objective.quantile_loss_param?.quantile_alpha ?? '0.5', 'quantile_alpha')
  if (quantiles.length !== 1) {
    throw unsupported(
      `it predicts ${quantiles.length} quantiles`,
      'Train one model per quantile.',
      'learner.objective',
    )
  }
  const base = readList(parameters.base_score, 'base_score')
  if (base.length !== 1 && base.length !== groups) {
    throw broken(`base_score has ${base.length} values for ${groups} outputs`)
  }
  const { trees, tree_info: treeGroup } = booster.model
  if (treeGroup.length !== trees.length || treeGroup.some((group) => group < 0 || group >= groups)) {
    throw broken(`tree_info does not give each of ${trees.length} trees one of ${groups} outputs`)
  }
  return {
    objective,
    quantile: quantiles[0]!,
    features: parameters.num_feature,
    featureNames: learner.feature_names,
    categorical: learner.feature_types.includes('c') ? learner.feature_types.map((type) => type === 'c') : [],
    groups,
    baseScore: Float32Array.from({ length: groups }, (_, k) => base[base.length === 1 ? 0 : k]!),
    trees: trees.map((tree, index) => readTree(tree, index, parameters.num_feature)),
    treeGroup: Int32Array.from(treeGroup),
  }
}

/** Reads a model ready to score. */
export function parseGbdtModel(modelJson: string): GbdtScorer {
  return createGbdtScorer(readGbdtModel(modelJson))
}
