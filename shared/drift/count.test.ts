/** The property test catches any loss in merging: windows of replicas added up must be the window of all their rows. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { assemblePipeline } from '../features/assemble-pipeline.ts'
import { missingCode, unseenCode } from '../features/batch.ts'
import type { ColumnLayout } from './baseline.ts'
import { createColumnCounter } from './column-counter.ts'
import { compileCounter, emptyCounts, mergeCounts } from './count.ts'
import { canonicalJson, layoutHash } from './layout-hash.ts'
import { collapseEdges, quantileEdges } from './quantile-edges.ts'

const numeric: ColumnLayout = { kind: 'numeric', name: 'x', edges: [0, 10, 20] }
const category: ColumnLayout = { kind: 'categorical', name: 'c', categories: ['b', 'a'] }

function countNumbers(layout: ColumnLayout, values: number[]) {
  const counter = createColumnCounter(layout, [])
  counter.add(values, 0, 1, values.length)
  return counter.counts()
}

test('numbers fall below, into half-open bins, the closed last bin, above, missing or infinite', () => {
  const values = [-1, 0, 9.9, 10, 20, 20.1, Number.NaN, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]
  expect(countNumbers(numeric, values)).toMatchObject({
    counts: [1, 2, 2, 1, 1, 2],
    n: 6,
    min: -1,
    max: 20.1,
  })
})

test('moments are those of the finite numbers', () => {
  const { mean, m2, n } = countNumbers(numeric, [2, 4, 9, Number.NaN])
  expect([n, mean]).toEqual([3, 5])
  expect(m2).toBeCloseTo(26, 12)
})

test('moments stay numbers that JSON holds, also of the largest ones and merged', () => {
  const largest = Number.MAX_VALUE
  const some = countNumbers(numeric, [1, largest, -largest, 2])
  const others = countNumbers(numeric, new Array(10_000).fill(-largest))
  const merged = mergeCounts(mergeCounts(some, others), countNumbers(numeric, [largest]))
  expect(JSON.parse(JSON.stringify(merged))).toEqual(merged)
  expect(merged).toMatchObject({ n: 10_005, min: -largest, max: largest })
})

test('codes fall into their category, other, unseen or missing', () => {
  const counter = createColumnCounter(category, ['a', 'b', 'rare'])
  counter.add(Int32Array.of(0, 0, 1, 2, unseenCode, missingCode), 0, 1, 6)
  expect(counter.counts().counts).toEqual([1, 2, 1, 1, 1])
  counter.reset()
  expect(counter.counts()).toEqual(emptyCounts(category))
})

test('a column of two numbers keeps them apart, and a constant one stands alone', () => {
  expect(collapseEdges([0, 1, 1])).toEqual([0, 1, 1])
  expect(countNumbers({ ...numeric, edges: [0, 1, 1] }, [0, 0, 1, 0.5, 2]).counts).toEqual([0, 3, 1, 1, 0, 0])
  expect(quantileEdges(Float64Array.of(7, 7, 7))).toEqual([7, 7])
  expect(countNumbers({ ...numeric, edges: [7, 7] }, [7, 7, 6, 8]).counts).toEqual([1, 2, 1, 0, 0])
})

test('quantile edges are twenty equal shares', () => {
  const values = Float64Array.from({ length: 1001 }, (_, i) => i)
  expect(quantileEdges(values)).toEqual(Array.from({ length: 21 }, (_, i) => i * 50))
})

// Adding 0 makes −0 to 0: which of two equal smallest numbers is kept does not matter.
const value = fc
  .oneof(
    fc.double({ noNaN: true, min: -50, max: 50 }),
    fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, 0, 10, 20),
  )
  .map((number) => number + 0)

test('counts merged are the counts of all rows together', () => {
  fc.assert(
    fc.property(fc.array(value, { maxLength: 60 }), fc.array(value, { maxLength: 60 }), (left, right) => {
      const merged = mergeCounts(countNumbers(numeric, left), countNumbers(numeric, right))
      const whole = countNumbers(numeric, [...left, ...right])
      expect(merged).toMatchObject({ counts: whole.counts, n: whole.n, min: whole.min, max: whole.max })
      expect(merged.mean).toBeCloseTo(whole.mean, 9)
      expect(merged.m2).toBeCloseTo(whole.m2, 7)
    }),
  )
})

test('no counts change nothing, and counts of other layouts are not merged', () => {
  const some = countNumbers(numeric, [1, 2, 30])
  expect(mergeCounts(some, emptyCounts(numeric))).toEqual(some)
  expect(mergeCounts(emptyCounts(numeric), some)).toEqual(some)
  expect(() => mergeCounts(some, emptyCounts(category))).toThrow(/6 and 5 slots/)
})

describe('a model’s counter', () => {
  const pipeline = assemblePipeline([
    { kind: 'numeric', name: 'x', impute: 'mean', fill: 0, scale: 'none', center: 0, factor: 1 },
    { kind: 'onehot', name: 'c', categories: ['a', 'b'], missingInput: false },
    { kind: 'boolean', name: 'v', fill: 0 },
  ])
  const truth: ColumnLayout = { kind: 'categorical', name: 'v', categories: ['false', 'true'] }
  const score: ColumnLayout = { kind: 'numeric', name: 'score', edges: [0, 0.5, 1] }
  const prediction: ColumnLayout = {
    kind: 'categorical',
    name: 'prediction',
    categories: ['no', 'yes', 'maybe'],
  }

  test('counts a batch’s columns and predictions, rows beyond the batch left out', () => {
    const counter = compileCounter({
      layouts: { features: [numeric, category, truth], outputs: [prediction, score] },
      pipeline,
      classes: ['no', 'yes', 'maybe'],
    })
    counter.addFeatures({
      rows: 2,
      columns: [
        Float64Array.of(5, 15, 99),
        Int32Array.of(0, unseenCode, 0),
        Float64Array.of(1, Number.NaN, 1),
      ],
    })
    counter.addOutputs({
      task: 'multiclass',
      rows: 2,
      outputs: 3,
      scores: Float64Array.of(0.2, 0.7, 0.1, 0.45, 0.3, 0.25),
      classIndexes: Int32Array.of(1, 0),
    })
    const { features, outputs } = counter.counts()
    expect(features.map((column) => column.counts)).toEqual([
      [0, 1, 1, 0, 0, 0],
      [0, 1, 0, 1, 0],
      [0, 1, 0, 0, 1],
    ])
    expect(outputs.map((column) => column.counts)).toEqual([
      [1, 1, 0, 0, 0, 0],
      [0, 1, 1, 0, 0, 0],
    ])
    counter.reset()
    expect(counter.counts().features).toEqual([numeric, category, truth].map(emptyCounts))
  })

  test('a layout of another column is refused', () => {
    expect(() =>
      compileCounter({ layouts: { features: [category], outputs: [] }, pipeline, classes: [] }),
    ).toThrow(/Layout c stands where the pipeline has x/)
  })
})

test('the layout hash is of canonical JSON: the order of keys does not matter, the edges do', () => {
  const identity = (text: string) => text
  const reordered: ColumnLayout = { edges: [0, 10, 20], name: 'x', kind: 'numeric' }
  expect(layoutHash({ features: [numeric], outputs: [] }, identity)).toBe(
    layoutHash({ features: [reordered], outputs: [] }, identity),
  )
  expect(layoutHash({ features: [numeric], outputs: [] }, identity)).not.toBe(
    layoutHash({ features: [{ ...numeric, edges: [0, 10, 21] }], outputs: [] }, identity),
  )
  expect(canonicalJson({ b: [1, 'x'], a: null })).toBe('{"a":null,"b":[1,"x"]}')
})
