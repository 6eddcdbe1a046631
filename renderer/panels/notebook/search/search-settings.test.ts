import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { modelSpecSchema } from '../../../../shared/models/model-spec.ts'
import {
  fitsInWords,
  parameterProblem,
  parametersOf,
  parseValues,
  printValues,
  searchableKeys,
  writeParameters,
} from './search-settings.ts'

const trees = { from: 'a', target: 'b', model: { kind: 'gbdt', trees: 50 } }

test('every kind of model offers its own keys', () => {
  const offered = (kind: string) => searchableKeys({ model: { kind } })
  for (const { shape } of modelSpecSchema.options) expect(offered(shape.kind.value)).not.toEqual([])
  expect(offered('gbdt')).toEqual(expect.arrayContaining(['model.maxDepth', 'model.learningRate']))
  expect(offered('gbdt')).not.toContain('model.kind')
  expect(offered('logistic')).toContain('model.l1')
  expect(searchableKeys({})).toEqual([])
})

describe('values', () => {
  test('are numbers, words with or without quotes, and lists', () => {
    expect(parseValues('0.03, 0.1,')).toEqual([0.03, 0.1])
    expect(parseValues('mean, median')).toEqual(['mean', 'median'])
    expect(parseValues('[32], [64, 32]')).toEqual([[32], [64, 32]])
    expect(parseValues(' ')).toEqual([])
  })

  test('are typed as they are printed: a text that looks like another value keeps its quotes', () => {
    const value = fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => n + 0),
      fc.boolean(),
      fc.string(),
      fc.array(fc.integer()),
      fc.constantFrom('true', 'null', '1', 'a, b'),
    )
    fc.assert(
      fc.property(fc.array(value), (values) => {
        expect(parseValues(printValues(values))).toEqual(JSON.parse(JSON.stringify(values)))
      }),
      { numRuns: 300 },
    )
  })
})

test('parameters are written in the order of the form, beside what else the search says', () => {
  const spec = { ...trees, search: { method: 'grid', folds: 3, parameters: { 'model.l2': [1] } } }
  const next = writeParameters(spec, [['model.maxDepth', [2, 3]], ...parametersOf(spec)])
  expect(JSON.stringify(next.search)).toBe(
    '{"method":"grid","folds":3,"parameters":{"model.maxDepth":[2,3],"model.l2":[1]}}',
  )
})

describe('what is wrong with a parameter is said under it', () => {
  const problem = (path: string, values: unknown, method = 'random') =>
    parameterProblem({ ...trees, search: { method } }, path, values)

  test('nothing where the cell takes it', () => {
    expect(problem('model.maxDepth', [2, 16])).toBeNull()
    expect(problem('model.learningRate', { min: 0.01, max: 0.3, log: true })).toBeNull()
    expect(problem('features.columns.a.b.encode', ['onehot', 'target'])).toBeNull()
  })

  test('a key that there is not, or none', () => {
    expect(problem('', [])).toBe('choose what to vary')
    expect(problem('split.seed', [1])).toMatch(/under "model\." or "features\."/)
    expect(problem('model.layers', [[32]])).toBe('"model.layers" is no key of this train cell')
    expect(problem('features.columns.a.depth', [1])).toMatch(/is no key of this train cell/)
    expect(parameterProblem({ from: 'a' }, 'model.maxDepth', [2])).toBe('choose a model first')
  })

  test('a value out of range, of a list or at the end of a range', () => {
    expect(problem('model.maxDepth', [2, 99])).toBe('99 is no value of it: expected a number of at most 16')
    expect(problem('model.learningRate', { min: 0.1, max: 7 })).toMatch(/^7 is no value of it/)
    expect(problem('features.columns.a.encode', ['best'])).toMatch(
      /^"best" is no value of it: expected "onehot", /,
    )
    expect(problem('model.maxDepth', [])).toBe('expected at least one value')
  })

  test('a range without an end, upside down, below a logarithm, or in a grid', () => {
    expect(problem('model.l2', { min: 1 })).toBe('to: expected a number, found nothing')
    expect(problem('model.l2', { min: 3, max: 1 })).toMatch(/expected min below max, found 3 and 1/)
    expect(problem('model.l2', { min: 0, max: 1, log: true })).toMatch(/starts above 0, found 0/)
    expect(problem('model.l2', { min: 1, max: 2 }, 'grid')).toMatch(/a grid takes a list/)
  })
})

test('the number of fits is that of the settings on every fold', () => {
  const words = (search: object) => fitsInWords({ ...trees, search })
  const lists = { 'model.maxDepth': [2, 3, 4], 'model.l2': [0, 1] }
  const range = { 'model.l2': { min: 0, max: 1 } }
  expect(words({ method: 'grid', folds: 3, parameters: lists })).toBe('6 settings on 3 folds: 18 fits')
  expect(words({ method: 'random', parameters: range })).toBe('20 settings on 5 folds: 100 fits')
  expect(words({ method: 'random', trials: 50, parameters: lists })).toBe('6 settings on 5 folds: 30 fits')
  expect(words({ method: 'halving', folds: 1, parameters: range })).toMatch(
    /^27 settings on one split to begin/,
  )
  expect(words({ method: 'grid', parameters: {} })).toBeNull()
})
