/** The fixture, recorded by bench/peers/record-evaluation.py, holds scikit-learn's own shuffles and grids. */
import { describe, expect, test } from 'vitest'
import type { Batch } from '../features/batch.ts'
import { mainMetric } from '../metrics/metrics.ts'
import type { Predictions } from '../models/predictor.ts'
import { evaluationReport } from './evaluation-report.ts'
import fixture from './fixtures/sklearn-evaluation.json' with { type: 'json' }
import { numericGrid, partialDependence } from './partial-dependence.ts'
import { permutationImportance } from './permutation-importance.ts'
import { specDiff } from './spec-diff.ts'

const rows = fixture.inputs.length
const batch: Batch = {
  rows,
  columns: [0, 1, 2].map((c) => Float64Array.from(fixture.inputs, (row) => row[c]!)),
}

function predict(of: Batch, task: 'binary' | 'regression'): Predictions {
  const [a, b, c] = of.columns
  const sums = Float64Array.from({ length: of.rows }, (_, r) => 2 * a![r]! - b![r]! + 0.5 * a![r]! * c![r]!)
  const scores = task === 'binary' ? sums.map((sum) => 1 / (1 + Math.exp(-sum))) : sums
  const classIndexes = Int32Array.from(scores, (score) => (score >= 0.5 ? 1 : 0))
  return { task, rows: of.rows, outputs: 1, scores, classIndexes }
}

const cases = [
  ['regression', fixture.regression],
  ['binary', fixture.classification],
] as const

describe.each(cases)('%s', (task, recorded) => {
  test('permutation importance is scikit-learn’s, with its shuffles', () => {
    const found = permutationImportance({
      batch,
      names: ['a', 'b', 'c'],
      actual: Float64Array.from(recorded.actual),
      metric: mainMetric[task],
      repeats: recorded.importance.shuffles.length,
      predict: (some) => predict(some, task),
      permutation: (_, repeat) => recorded.importance.shuffles[repeat]!,
    })
    found.forEach((importance, c) => {
      expect(importance.mean).toBeCloseTo(recorded.importance.mean[c]!, 10)
      expect(importance.sd).toBeCloseTo(recorded.importance.sd[c]!, 10)
    })
  })

  test('partial dependence and individual curves are scikit-learn’s', () => {
    for (const expected of recorded.dependence) {
      const resolution = expected.grid.length === 4 ? 100 : expected.grid.length
      const values = batch.columns[expected.column]
      const grid = numericGrid(values instanceof Float64Array ? values : new Float64Array(0), resolution)
      const every = Array.from({ length: rows }, (_, r) => r)
      const found = partialDependence(batch, expected.column, grid, (some) => predict(some, task), [0], every)
      grid.forEach((value, g) => {
        expect(value).toBeCloseTo(expected.grid[g]!, 12)
        expect(found.average[0]![g]).toBeCloseTo(expected.average[g]!, 12)
        for (const r of every) expect(found.individual[r]![g]).toBeCloseTo(expected.individual[r]![g]!, 12)
      })
    }
  })
})

test('shuffling a column that the model does not read changes nothing', () => {
  const [found] = permutationImportance({
    batch: { rows, columns: [new Float64Array(rows), ...batch.columns] },
    names: ['unread'],
    actual: Float64Array.from(fixture.regression.actual),
    metric: mainMetric.regression,
    repeats: 2,
    predict: (some) => predict({ rows: some.rows, columns: some.columns.slice(1) }, 'regression'),
    permutation: () => Array.from({ length: rows }, (_, r) => rows - 1 - r),
  })
  expect(found).toEqual({ column: 'unread', mean: 0, sd: 0 })
})

describe('the report', () => {
  test('of a regression counts every row once in each picture', () => {
    const actual = Float64Array.from(fixture.bootstrap.target)
    const predictions: Predictions = {
      task: 'regression',
      rows: actual.length,
      outputs: 1,
      scores: Float64Array.from(fixture.bootstrap.guess),
      classIndexes: new Int32Array(0),
    }
    const report = evaluationReport(actual, predictions, {
      version: 1,
      task: 'regression',
      inputs: [],
      target: { name: 't', sourceType: 'DOUBLE' },
    })
    if (report.task !== 'regression') throw new Error('Not a regression.')
    const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0)
    const { histogram } = report.residuals
    expect(sum(histogram.counts.flat()) + histogram.below + histogram.above).toBe(80)
    expect(sum(report.predictedActual.counts) + report.predictedActual.outside).toBe(80)
    expect(report.byPrediction.map((group) => group.rows)).toEqual(new Array(10).fill(8))
    const squared = sum(report.byPrediction.map((group) => group.rows * group.rmse ** 2)) / 80
    const expected = sum(Array.from(actual, (value, r) => (value - predictions.scores[r]!) ** 2)) / 80
    expect(squared).toBeCloseTo(expected, 9)
  })

  test('of several classes has the confusion matrix and each class against the rest', () => {
    const actual = Float64Array.of(0, 0, 1, 2, 2)
    const scores = Float64Array.of(0.8, 0.1, 0.1, 0.3, 0.6, 0.1, 0.2, 0.5, 0.3, 0.1, 0.1, 0.8, 0.5, 0.3, 0.2)
    const report = evaluationReport(
      actual,
      {
        task: 'multiclass',
        rows: 5,
        outputs: 3,
        scores,
        classIndexes: Int32Array.of(0, 1, 1, 2, 0),
      },
      {
        version: 1,
        task: 'multiclass',
        inputs: [],
        target: { name: 't', sourceType: 'VARCHAR', classes: ['a', 'b', 'c'] },
      },
    )
    if (report.task !== 'multiclass') throw new Error('Not multiclass.')
    expect(report.confusion).toEqual([1, 1, 0, 0, 1, 0, 1, 0, 1])
    expect(report.matrix).toEqual(['a', 'b', 'c'])
    expect(report.oneVersusRest.map((one) => [one.label, one.auc])).toEqual([
      ['a', 5 / 6],
      ['b', 0.75],
      ['c', 5 / 6],
    ])
    expect(report.confidence.bins.reduce((rows, bin) => rows + bin.rows, 0)).toBe(5)
  })
})

test('of a thousand classes the confusion matrix has the most frequent, and the others in one line', () => {
  const width = 1000
  const actual = Float64Array.from({ length: 1500 }, (_, r) => (r < 1000 ? r : (r % 39) + 500))
  const classIndexes = Int32Array.from(actual, (k) => (k + 1) % width)
  const report = evaluationReport(
    actual,
    { task: 'multiclass', rows: 1500, outputs: width, scores: new Float64Array(1500 * width), classIndexes },
    {
      version: 1,
      task: 'multiclass',
      inputs: [],
      target: { name: 't', sourceType: 'INTEGER', classes: Array.from({ length: width }, (_, k) => k) },
    },
  )
  if (report.task !== 'multiclass') throw new Error('Not multiclass.')
  expect(report.matrix).toEqual([...Array.from({ length: 39 }, (_, k) => 500 + k), 'other classes'])
  expect(report.confusion.length).toBe(1600)
  expect(report.confusion.reduce((a, b) => a + b, 0)).toBe(1500)
  // 960 of the 961 other classes were taken for another of them, 499 for the first that has a line.
  expect(report.confusion.at(-1)).toBe(960)
  expect(report.confusion[39 * 40]).toBe(1)
  expect(JSON.stringify(report).length).toBeLessThan(200_000)
})

test('specifications differ where a value differs or is missing, and lists are compared whole', () => {
  const first = { from: 'a', model: { kind: 'gbdt', trees: 100 }, features: { exclude: ['id'] } }
  const second = { from: 'a', model: { kind: 'logistic' }, features: { exclude: ['id', 'x'] } }
  expect(specDiff([first, second])).toEqual([
    { path: 'model.kind', values: ['gbdt', 'logistic'] },
    { path: 'model.trees', values: ['100', undefined] },
    { path: 'features.exclude', values: ['["id"]', '["id","x"]'] },
  ])
  expect(specDiff([first, structuredClone(first)])).toEqual([])
})
