/** Every key of a train cell that is out of its range is refused by its own name; the ends of each range are in it. */
import { describe, expect, test } from 'vitest'
import { decode } from '../decode.ts'
import { Failure } from '../failure.ts'
import { trainSpecSchema } from './train-spec.ts'

const base = { from: 'f', target: 't' }
const halving = { method: 'halving', parameters: { 'model.maxDepth': [1, 2] } }

function pathOf(spec: object): string | undefined {
  try {
    decode(trainSpecSchema, spec, 'train cell')
  } catch (error) {
    if (error instanceof Failure) return error.path
    throw error
  }
  return 'taken'
}

/** A cell with one key of one section set. */
type Make = (key: string, value: unknown) => object
const split: Make = (key, value) => ({ ...base, split: { [key]: value } })
const crossValidation: Make = (key, value) => ({ ...base, crossValidation: { [key]: value } })
const search: Make = (key, value) => ({ ...base, search: { ...halving, [key]: value } })

const seeds = { out: [-1, 4_294_967_296, 1.5, '7', null], ends: [0, 4_294_967_295] }
const counts = (least: number, most: number) => ({
  out: [least - 1, most + 1, least + 0.5, String(least), null],
  ends: [least, most],
})

const ranges: [string, string, Make, { out: readonly unknown[]; ends: readonly unknown[] }][] = [
  ['split', 'test', split, { out: [0, 1, -0.2, 1.5, '0.2', null, Number.NaN], ends: [1e-9, 0.999_999] }],
  ['split', 'validation', split, { out: [1, -0.1, 2, '0.1', null, Number.NaN], ends: [0, 0.999_999] }],
  ['split', 'seed', split, seeds],
  ['crossValidation', 'folds', crossValidation, counts(1, 50)],
  ['crossValidation', 'repeats', crossValidation, counts(1, 100)],
  ['crossValidation', 'seed', crossValidation, seeds],
  ['search', 'trials', search, counts(2, 10_000)],
  ['search', 'folds', search, counts(1, 50)],
  ['search', 'seed', search, seeds],
  ['search', 'parallel', search, counts(1, 256)],
  ['search', 'factor', search, { out: [1, 1.09, 100.1, '3', null], ends: [1.1, 100] }],
  ['search', 'minResource', search, { out: [0, -5, 1.5, '9', null], ends: [1, 1e9] }],
  ['search', 'maxResource', search, { out: [0, -5, 1.5, '9', null], ends: [1, 1e9] }],
  [
    'search',
    'resource',
    search,
    { out: ['trees', 'model.layers', 1], ends: ['rows', 'model.trees', 'model.epochs'] },
  ],
  ['search', 'metric', search, { out: ['score', 'AUC', 1], ends: ['auc', 'rmse'] }],
  ['search', 'method', search, { out: ['bayes', 1], ends: ['random', 'halving'] }],
]

describe('out of its range and refused by name, its ends taken', () => {
  test.each(ranges)('%s.%s', (section, key, make, { out, ends }) => {
    for (const value of out) expect([value, pathOf(make(key, value))]).toEqual([value, `${section}.${key}`])
    for (const value of ends) expect([value, pathOf(make(key, value))]).toEqual([value, 'taken'])
  })
})

const longest = `a${'b'.repeat(63)}`
const keys: [string, readonly unknown[], readonly unknown[]][] = [
  ['from', ['', 1, null], ['f']],
  ['target', ['', 1, null], ['t']],
  ['weight', ['', 1], ['w']],
  ['targetTime', ['', 1], ['at']],
  ['servingInput', ['', 1], ['raw']],
  ['task', ['ranking', 'Binary', 1, null], ['auto', 'binary', 'multiclass', 'regression']],
  ['register', ['', '1st', 'a b', 'a.b', 'a/b', '../a', `${longest}c`, 1], ['a', 'churn-2_b', longest]],
  ['freeze', ['avg(x) over ()', 1, {}], [true, false, [], ['avg(x) over ()']]],
  ['inputConstraints', [[], 'x', 1], [{}, { tenure: { min: 0, missing: false } }]],
  ['split', ['random', []], [{}, { method: 'random' }]],
  ['crossValidation', [5, []], [{}]],
]

describe('keys of the cell itself', () => {
  test.each(keys)('%s', (key, out, taken) => {
    for (const value of out) expect([value, pathOf({ ...base, [key]: value })]).toEqual([value, key])
    for (const value of taken) expect([value, pathOf({ ...base, [key]: value })]).toEqual([value, 'taken'])
  })
})

test('what is wrong inside of a key is named with its path', () => {
  expect(pathOf({ ...base, freeze: ['a', ''] })).toMatch(/^freeze/)
  expect(pathOf({ ...base, inputConstraints: { plan: { values: [] } } })).toBe('inputConstraints.plan.values')
  expect(pathOf({ ...base, inputConstraints: { plan: { pattern: '(' } } })).toBe(
    'inputConstraints.plan.pattern',
  )
  expect(pathOf({ ...base, inputConstraints: { plan: { least: 1 } } })).toBe('inputConstraints.plan')
  expect(pathOf({ ...base, split: { method: 'time' } })).toBe('split.column')
  expect(pathOf({ ...base, split: { method: 'random', column: 'at' } })).toBe('split.column')
  expect(pathOf({ ...base, split: { column: 'at' } })).toBe('split.column')
})

describe('the parameters of a search', () => {
  const of = (parameters: unknown) => pathOf({ ...base, search: { method: 'random', parameters } })
  const key = 'model.l2'

  test.each([
    ['none', {}, 'search.parameters'],
    ['a list', [1], 'search.parameters'],
    ['another key of the cell', { 'split.test': [0.1] }, 'search.parameters.split.test'],
    ['no values', { [key]: [] }, `search.parameters.${key}`],
    ['one value without a list', { [key]: 1 }, `search.parameters.${key}`],
    ['a range that ends before it begins', { [key]: { min: 2, max: 1 } }, `search.parameters.${key}`],
    ['a range of one value', { [key]: { min: 1, max: 1 } }, `search.parameters.${key}`],
    ['a logarithm from 0', { [key]: { min: 0, max: 1, log: true } }, `search.parameters.${key}`],
    ['a range with a step', { [key]: { min: 0, max: 1, step: 0.1 } }, `search.parameters.${key}`],
  ])('%s', (_, parameters, path) => {
    expect(of(parameters)).toBe(path)
  })

  test('are lists of any values, and ranges', () => {
    expect(of({ [key]: [0, null, { a: [1] }], 'features.exclude': [['a'], []] })).toBe('taken')
    expect(of({ [key]: { min: 0, max: 1 }, 'model.l1': { min: 1e-6, max: 1, log: true } })).toBe('taken')
  })
})
