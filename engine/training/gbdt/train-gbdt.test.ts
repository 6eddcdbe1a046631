/**
 * Training beside Python's xgboost on values so few that the bins, and so the best trees, are the same
 * (recorded by bench/peers/record-gbdt.py), and what each parameter promises.
 */
import { describe, expect, test } from 'vitest'
import type { Epoch } from '../../../shared/catalog/version.ts'
import { encodeGbdtModel } from '../../../shared/models/gbdt/encode-gbdt-model.ts'
import { createGbdtScorer } from '../../../shared/models/gbdt/gbdt-scorer.ts'
import { readGbdtModel } from '../../../shared/models/gbdt/parse-gbdt-model.ts'
import { type GbdtModel, gbdtObjectives } from '../../../shared/models/gbdt/tree-model.ts'
import { seededRandom } from '../seeded-random.ts'
import fixture from './fixtures/xgboost-training.json' with { type: 'json' }
import { type GbdtParameters, type GbdtRows, gbdtDefaults } from './gbdt-parameters.ts'
import { trainGbdt } from './train-gbdt.ts'

const noRows: GbdtRows = { rows: 0, width: 3, target: [], read: () => new Float32Array(0) }

function rowsOf(values: Float32Array, width: number, target: ArrayLike<number>): GbdtRows {
  return { rows: target.length, width, target, read: (from, to) => values.subarray(from * width, to * width) }
}

/** Three inputs, the first with missing values, and a target made of them. */
function makeRows(rows: number, seed: number, targetOf: (a: number, b: number, noise: number) => number) {
  const random = seededRandom(seed)
  const values = new Float32Array(rows * 3)
  const target = new Float64Array(rows)
  for (let r = 0; r < rows; r++) {
    const [a, b, noise] = [random() * 10, random() * 4, random() - 0.5]
    values.set([a > 8 ? Number.NaN : a, b, Math.floor(random() * 3)], r * 3)
    target[r] = targetOf(a, b, noise)
  }
  return { values, data: rowsOf(values, 3, target) }
}

function train(
  data: GbdtRows,
  wanted: Partial<GbdtParameters>,
  validation = noRows,
  threads: 1 | 2 = 1,
  groups = 1,
  categories: readonly number[] = [],
) {
  const history: Epoch[] = []
  const model = trainGbdt({
    parameters: { ...gbdtDefaults, objective: 'reg:squarederror', trees: 10, seed: 1, ...wanted },
    groups,
    train: data,
    validation,
    threads,
    categories,
    onRound: (epoch) => history.push(epoch),
  })
  return { model, history }
}

function predict(model: GbdtModel, values: Float32Array): Float64Array {
  const scorer = createGbdtScorer(model)
  const rows = values.length / scorer.inputs
  const scores = new Float64Array(rows * scorer.outputs)
  scorer.score(values, rows, scores)
  return scores
}

const leavesOf = (model: GbdtModel) => model.trees.map((tree) => tree.left.filter((left) => left < 0).length)
const smooth = makeRows(3000, 4, (a, b, noise) => Math.sin(a) * 5 + b * b + noise)

describe('a model trained as XGBoost trains predicts what XGBoost predicts', () => {
  const values = Float32Array.from(fixture.rows.flat(), (value) => value ?? Number.NaN)
  for (const { name, parameters, weighted, target, expected } of fixture.cases) {
    test(name, () => {
      const wide: Record<string, unknown> = parameters
      const number = (key: string, otherwise: number) => Number(wide[key] ?? otherwise)
      const { model } = train(
        { ...rowsOf(values, 3, target), weights: weighted ? fixture.weights : undefined },
        {
          objective: gbdtObjectives.find((objective) => objective === parameters.objective)!,
          trees: 5,
          learningRate: parameters.eta,
          maxDepth: parameters.max_depth,
          maxLeaves: number('max_leaves', 0),
          l1: number('alpha', 0),
          l2: number('lambda', 1),
          minChildWeight: number('min_child_weight', 1),
          quantile: number('quantile_alpha', 0.5),
          monotone: 'monotone_constraints' in parameters ? [-1, 1, 0] : [],
          maxCatToOnehot: number('max_cat_to_onehot', 4),
        },
        noRows,
        1,
        number('num_class', 1),
        'feature_types' in parameters ? [30, 12, 0] : [],
      )
      const found = predict(model, values)
      const scale = Math.max(...expected.flat().map(Math.abs))
      const largest = expected
        .flat()
        .reduce((most, value, i) => Math.max(most, Math.abs(value - found[i]!)), 0)
      expect(largest / scale).toBeLessThan(1e-4)
    })
  }
})

test('one thread and two make the same model, and a seed makes it repeatable', () => {
  const { data } = makeRows(80_000, 2, (a, b, noise) => (a + b + noise * 8 > 6 ? 1 : 0))
  const wanted = { objective: 'binary:logistic', trees: 30, subsample: 0.9, colsample: 0.7 } as const
  const one = encodeGbdtModel(train(data, wanted, noRows, 1).model)
  expect(encodeGbdtModel(train(data, wanted, noRows, 2).model)).toBe(one)
  expect(encodeGbdtModel(train(data, { ...wanted, seed: 2 }).model)).not.toBe(one)
})

test('the loss reported is the loss of the model that is stored', () => {
  const held = makeRows(500, 9, (a, b, noise) => Math.sin(a) * 5 + b * b + noise)
  for (const subsample of [1, 0.5]) {
    const { model, history } = train(smooth.data, { trees: 12, patience: 0, subsample }, held.data)
    const found = predict(model, held.values)
    const loss = found.reduce((sum, value, r) => sum + (value - held.data.target[r]!) ** 2, 0) / 500
    expect(history.at(-1)?.validationLoss).toBeCloseTo(loss, 4)
    const again = train(smooth.data, { trees: 13, patience: 0, subsample }).history.at(-1)?.loss ?? 0
    const ours = predict(model, smooth.values)
    const trained = ours.reduce((sum, value, r) => sum + (value - smooth.data.target[r]!) ** 2, 0) / 3000
    expect(again).toBeCloseTo(trained, 4)
  }
})

test('trees keep to their depth, leaves and least weight', () => {
  const shallow = train(smooth.data, { maxDepth: 2, minChildWeight: 100 }).model
  expect(Math.max(...leavesOf(shallow))).toBe(4)
  expect(Math.min(...shallow.trees.flatMap((tree) => Array.from(tree.cover)))).toBeGreaterThanOrEqual(100)
  const leafwise = train(smooth.data, { maxDepth: 0, maxLeaves: 11 }).model
  expect(leavesOf(leafwise)).toEqual(new Array(10).fill(11))
  expect(leavesOf(train(smooth.data, { gamma: 1e9 }).model)).toEqual(new Array(10).fill(1))
})

test('missing values learn their direction, and that they are missing is a split by itself', () => {
  const values = Float32Array.from({ length: 200 }, (_, r) => (r % 2 === 0 ? Number.NaN : 5))
  const target = Float64Array.from({ length: 200 }, (_, r) => (r % 2 === 0 ? 10 : -10))
  const { model } = train(rowsOf(values, 1, target), { trees: 1, learningRate: 1, l2: 0 })
  expect(Array.from(predict(model, Float32Array.of(Number.NaN, 5, 1e30, -1e30)))).toEqual([10, -10, -10, -10])
})

test('early stopping keeps the rounds up to the best one', () => {
  const noisy = makeRows(300, 1, (a, _, noise) => a + noise * 30)
  const held = makeRows(300, 2, (a, _, noise) => a + noise * 30)
  const { model, history } = train(noisy.data, { trees: 500, patience: 5 }, held.data)
  const losses = history.map((epoch) => epoch.validationLoss ?? 0)
  expect(history.length).toBeLessThan(500)
  expect(model.trees.length).toBe(losses.indexOf(Math.min(...losses)) + 1)
  expect(history.length).toBe(model.trees.length + 5)
})

test('predictions rise and fall as they are told, whatever the data say', () => {
  for (const objective of ['reg:squarederror', 'binary:logistic', 'count:poisson'] as const) {
    const { data } = makeRows(2000, 5, (a, b, noise) => (Math.sin(a * 3) + b * noise > 0 ? 1 : 0))
    const { model } = train(data, { objective, trees: 40, monotone: [1, -1, 0] })
    for (let r = 0; r < 50; r++) {
      const steps = Float32Array.from({ length: 61 }, (_, i) => i / 5)
      const [a, b, c] = [r / 5, r / 12, r % 3]
      const rising = predict(model, Float32Array.from(Array.from(steps).flatMap((x) => [x, b, c])))
      const falling = predict(model, Float32Array.from(Array.from(steps).flatMap((x) => [a, x, c])))
      for (let i = 1; i < 61; i++) {
        expect(rising[i]!).toBeGreaterThanOrEqual(rising[i - 1]!)
        expect(falling[i]!).toBeLessThanOrEqual(falling[i - 1]!)
      }
    }
    expect(new Set(model.trees.flatMap((tree) => Array.from(tree.feature))).size).toBeGreaterThan(1)
  }
})

test('what categories mean is learned in one split, more of them than there are bins included', () => {
  const odd = (code: number) => code % 2 === 1 || code > 200
  for (const categories of [3, 40, 600]) {
    const values = Float32Array.from({ length: 6000 }, (_, r) => (r % 50 === 0 ? Number.NaN : r % categories))
    const target = Float64Array.from(values, (code) => (odd(code) ? 10 : -10))
    const wanted = { trees: 1, maxDepth: categories === 3 ? 2 : 1, learningRate: 1, l2: 0 }
    const { model } = train(rowsOf(values, 1, target), wanted, noRows, 1, 1, [categories])
    const all = Float32Array.from({ length: Math.min(categories, 60) }, (_, code) => code)
    const found = predict(model, all)
    if (categories < 600) expect(Array.from(found)).toEqual(Array.from(all, (code) => (odd(code) ? 10 : -10)))
    // Those that share a bin share an answer, near their mean.
    else expect(found.filter((value, code) => value > 0 !== odd(code)).length).toBeLessThan(30)
  }
})

test('a model with categories is stored and read back whole, and watches validation rows as it scores them', () => {
  const random = seededRandom(8)
  const make = (rows: number) => {
    const values = new Float32Array(rows * 2)
    const target = new Float64Array(rows)
    for (let r = 0; r < rows; r++) {
      const code = random() < 0.1 ? Number.NaN : Math.floor(random() * 30)
      values.set([code, random()], r * 2)
      target[r] = Math.sin(code * 7 || 0) + random()
    }
    return { values, data: rowsOf(values, 2, target) }
  }
  const [learned, held] = [make(800), make(300)]
  const { model, history } = train(learned.data, { patience: 0 }, held.data, 1, 1, [30, 0])
  expect(readGbdtModel(encodeGbdtModel(model))).toMatchObject({ categorical: [true, false] })
  const found = predict(readGbdtModel(encodeGbdtModel(model)), held.values)
  expect(found).toEqual(predict(model, held.values))
  const loss = found.reduce((sum, value, r) => sum + (value - held.data.target[r]!) ** 2, 0) / 300
  expect(history.at(-1)?.validationLoss).toBeCloseTo(loss, 5)
})

test('a quantile has its share of the rows below it', () => {
  for (const quantile of [0.1, 0.5, 0.9]) {
    const { model } = train(smooth.data, { objective: 'reg:quantileerror', quantile, trees: 60 })
    const below = predict(model, smooth.values).filter((value, r) => smooth.data.target[r]! <= value).length
    expect(below / 3000).toBeCloseTo(quantile, 1)
  }
})

test('drawn columns are the only ones a tree splits on', () => {
  const { model } = train(smooth.data, { trees: 40, colsample: 0.3 })
  const used = model.trees.map(
    (tree) => new Set(tree.feature.filter((_, node) => tree.left[node]! >= 0)).size,
  )
  expect(Math.min(...used)).toBe(1)
  expect(new Set(model.trees.flatMap((tree) => Array.from(tree.feature)))).toEqual(new Set([0, 1, 2]))
})

test('what cannot be trained is refused: more memory than there is, and a loss that is not finite', () => {
  const wide: GbdtRows = { rows: 3e9, width: 1, target: [], read: (from, to) => new Float32Array(to - from) }
  expect(() => train({ ...wide, rows: 2, width: 1, target: [0, Number.NaN] }, { trees: 2 })).toThrow(
    /diverged/,
  )
  expect(() => train(smooth.data, { maxDepth: 0, maxLeaves: 1_000_000 })).toThrow(
    /need [\d.]+ GB of memory; up to 4 GB/,
  )
})
