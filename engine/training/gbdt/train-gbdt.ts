/** Trains boosted trees: rounds of gradients, trees and leaves; what is done per row is in the files it names. */
import type { Epoch } from '../../../shared/catalog/version.ts'
import { Failure } from '../../../shared/failure.ts'
import { baseMargins, type GbdtModel, type Tree } from '../../../shared/models/gbdt/tree-model.ts'
import { allocateWasmMemory } from '../../../shared/wasm.ts'
import { handOverKernel } from '../keep-compiled.ts'
import { seededRandom } from '../seeded-random.ts'
import { binRows, type FeatureBins, fitBins } from './bins.ts'
import type { GbdtParameters, GbdtRows } from './gbdt-parameters.ts'
import { createTreeGrower, type GrownTree, slotsNeeded } from './grow-tree.ts'
import { compileKernel } from './kernel.ts'
import { laneWork } from './lane.ts'
import { mostLeaves, pagesOf, planLayout } from './layout.ts'
import {
  initialScore,
  quantileOf,
  weightedQuantileOf,
  writeGradients,
  writeProbabilities,
} from './objective.ts'
import { openThreads } from './threads.ts'
import { addTreeToRows } from './walk-bins.ts'

export interface GbdtRequest {
  parameters: GbdtParameters
  /** Outputs per row: the number of classes with `multi:softprob`, else 1. */
  groups: number
  train: GbdtRows
  /** Watched for early stopping; may have no rows. */
  validation: GbdtRows
  threads: 1 | 2
  /** Per input, how many categories its values are the codes of, 0 for numbers; absent where all are numbers. */
  categories?: readonly number[]
  featureNames?: readonly string[]
  /** After each round, with the mean losses before its trees on the training rows, after them on the validation rows. */
  onRound(epoch: Epoch, rounds: number): void
}

const mostBytes = 4_294_967_296 - 65_536

function tooLarge(bytes: number): Failure {
  return new Failure(
    'invalid-input',
    `Boosted trees on this data need ${(bytes / 2 ** 30).toFixed(1)} GB of memory; up to 4 GB can be used.`,
    'Train on fewer rows or columns, or with fewer bins or leaves ("maxBins", "maxLeaves").',
    'model',
  )
}

/** The validation rows with their bins and margins. */
function openValidation(
  rows: GbdtRows,
  features: readonly FeatureBins[],
  groups: number,
  base: Float32Array,
) {
  const bins = new Uint8Array(rows.rows * rows.width)
  binRows(rows, features, bins)
  const scores = new Float32Array(rows.rows * groups)
  for (let k = 0; k < groups; k++) scores.fill(base[k]!, k * rows.rows, (k + 1) * rows.rows)
  const target = Float32Array.from(rows.target)
  const weights = rows.weights ? Float32Array.from(rows.weights) : null
  const total = weights ? weights.reduce((sum, value) => sum + value, 0) : rows.rows
  const space = new Float32Array(rows.rows * Math.max(2, groups))
  return {
    bins,
    scores,
    loss({ objective, quantile }: GbdtParameters): number | null {
      if (!(total > 0)) return null
      const data = { rows: rows.rows, target, weights, scores }
      const sum =
        groups > 1
          ? writeProbabilities(data, groups, 0, rows.rows, space)
          : writeGradients(objective, quantile, data, 0, rows.rows, space)
      return sum / total
    },
  }
}

/** Draws about `share` of `count` numbers in ascending order, at least one; the others after them. */
function draw(count: number, share: number, random: () => number, into: Int32Array): number {
  if (share >= 1) {
    for (let i = 0; i < count; i++) into[i] = i
    return count
  }
  let drawn = 0
  let left = count
  for (let i = 0; i < count; i++) {
    if (random() < share) into[drawn++] = i
    else into[--left] = i
  }
  if (drawn === 0) {
    into.forEach((_, i) => {
      into[i] = i
    })
    drawn = 1
  }
  return drawn
}

/**
 * Fits gradient-boosted trees as XGBoost's `hist` does: second-order gains over histograms of binned inputs.
 * The same rows, parameters and seed give the same model, on one thread or two.
 *
 * With two threads it sleeps while it waits, so it must not run on a thread with an event loop to serve.
 *
 * @throws Failure `invalid-input` where the data needs more memory than there can be, `failed` where training diverges
 */
export function trainGbdt(request: GbdtRequest): GbdtModel {
  const { parameters, groups, train, validation } = request
  const { objective, quantile, trees: rounds, patience } = parameters
  const { rows, width } = train
  const categories = request.categories ?? []
  const features = fitBins(train, parameters.maxBins, categories)
  const offsets: number[] = []
  let pairs = 0
  for (const { count } of features) {
    offsets.push(pairs)
    pairs += count + 1
  }
  const weighted = train.weights !== undefined
  const layout = planLayout({ rows, width, groups, pairs, slots: slotsNeeded(parameters), weighted })
  if (layout.bytes > mostBytes) throw tooLarge(layout.bytes)
  const pages = pagesOf(layout)
  const memory = allocateWasmMemory(pages)
  const code = compileKernel(offsets, pages)
  handOverKernel(code)
  const threads = openThreads({ memory, code, layout, objective, quantile }, request.threads)
  try {
    const { buffer } = memory
    const bins = new Uint8Array(buffer, layout.bins, rows * width)
    binRows(train, features, bins, new Uint8Array(buffer, layout.columns, rows * width))
    const target = new Float32Array(buffer, layout.target, rows)
    target.set(train.target)
    const weights = weighted ? new Float32Array(buffer, layout.weights, rows) : null
    weights?.set(train.weights ?? [])
    const totalWeight = weights ? weights.reduce((sum, value) => sum + value, 0) : rows
    const scores = new Float32Array(buffer, layout.scores, rows * groups)
    const ids = new Int32Array(buffer, layout.ids, rows)
    const leafRanges = new Int32Array(buffer, layout.leaves)
    const leafValues = new Float32Array(buffer, layout.leaves)

    const baseScore = initialScore(objective, quantile, target, weights, groups)
    const settings = {
      objective,
      quantile,
      features: width,
      featureNames: request.featureNames ?? [],
      categorical: categories.some((count) => count > 0) ? categories.map((count) => count > 0) : [],
      groups,
      baseScore,
    }
    const base = baseMargins({ ...settings, trees: [], treeGroup: new Int32Array(0) })
    for (let k = 0; k < groups; k++) scores.fill(base[k]!, k * rows, (k + 1) * rows)
    const watched = openValidation(validation, features, groups, base)

    const random = seededRandom(parameters.seed)
    const grower = createTreeGrower(parameters, features, offsets, memory, layout, threads)
    const drawnFeatures = new Int32Array(width)

    /** XGBoost's adaptive leaves: the step to the quantile of the rows' own errors, where gradients say only a direction. */
    const renewLeaves = ({ tree, leaves }: GrownTree) => {
      const q = objective === 'reg:absoluteerror' ? 0.5 : quantile
      for (const { node, from, to } of leaves) {
        const members = ids.subarray(from, to)
        const errors = Float64Array.from(members, (row) => target[row]! - scores[row]!)
        if (errors.length === 0) continue
        const step = weights
          ? weightedQuantileOf(
              errors,
              Float32Array.from(members, (row) => weights[row]!),
              q,
            )
          : quantileOf(errors, q)
        tree.weight[node] = parameters.learningRate * step
      }
    }
    const addLeaves = ({ tree, leaves }: GrownTree, group: number, drawn: number) => {
      for (let from = 0; from < leaves.length; from += mostLeaves) {
        const some = leaves.slice(from, from + mostLeaves)
        some.forEach((leaf, i) => {
          leafRanges[3 * i] = leaf.from
          leafRanges[3 * i + 1] = leaf.to
          leafValues[3 * i + 2] = tree.weight[leaf.node]!
        })
        threads.run(laneWork.addLeaves, some.length, group, drawn)
      }
    }
    /** The class's gradients, or all: the sum of losses comes with them. */
    const writePairs = (group: number) => {
      const [first, second] = threads.run(laneWork.gradients, group)
      return first + second
    }
    const isRenewed = objective === 'reg:absoluteerror' || objective === 'reg:quantileerror'

    const trees: Tree[] = []
    let best = Number.POSITIVE_INFINITY
    let bestTrees = 0
    let worse = 0
    for (let round = 1; round <= rounds; round++) {
      const drawn = draw(rows, parameters.subsample, random, ids)
      const undrawn = drawn < rows ? ids.slice(drawn) : undefined
      let loss = 0
      if (groups > 1) {
        const [first, second] = threads.run(laneWork.probabilities)
        loss = first + second
      }
      const order = groups > 1 ? ids.slice() : null
      for (let group = 0; group < groups; group++) {
        // The last class's tree left the rows in its own order.
        if (order && group > 0) ids.set(order)
        loss += writePairs(group)
        const chosen = drawnFeatures.subarray(0, draw(width, parameters.colsample, random, drawnFeatures))
        const grown = grower.grow(drawn, chosen)
        if (isRenewed) renewLeaves(grown)
        addLeaves(grown, group, drawn)
        if (undrawn) addTreeToRows(grown, features, bins, width, scores.subarray(group * rows), undrawn)
        addTreeToRows(
          grown,
          features,
          watched.bins,
          width,
          watched.scores.subarray(group * validation.rows),
          validation.rows,
        )
        trees.push(grown.tree)
      }
      if (!Number.isFinite(loss)) {
        throw new Failure(
          'failed',
          `Training diverged in round ${round}: the loss is ${loss}.`,
          'Use a smaller "learningRate", or check the target for values out of all proportion.',
          'model.learningRate',
        )
      }
      const validationLoss = watched.loss(parameters)
      request.onRound({ epoch: round, loss: loss / totalWeight, validationLoss }, rounds)
      if (patience === 0 || validationLoss === null) continue
      if (validationLoss < best) {
        best = validationLoss
        bestTrees = trees.length
        worse = 0
      } else if (++worse >= patience) break
    }
    const kept = bestTrees > 0 ? trees.slice(0, bestTrees) : trees
    return { ...settings, trees: kept, treeGroup: Int32Array.from(kept, (_, t) => t % groups) }
  } finally {
    threads.close()
  }
}
