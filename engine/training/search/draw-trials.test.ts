import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { searchSchema } from '../../../shared/notebook/search-spec.ts'
import { trainSpecSchema } from '../../../shared/notebook/train-spec.ts'
import { drawTrials } from './draw-trials.ts'
import recorded from './fixtures/halving.json' with { type: 'json' }
import { halvingSchedule } from './halving-schedule.ts'
import { threadsOfEach, trainersAtATime } from './run-fits.ts'

const spec = trainSpecSchema.parse({ from: 'a', target: 'b', model: { kind: 'gbdt' } })
const drawn = (search: object, seed = 1) => drawTrials(spec, searchSchema.parse(search), seed)

test('rungs of halving are those of scikit-learn', () => {
  for (const { candidates, factor, rows, folds, least, rungs } of recorded.cases) {
    const schedule = halvingSchedule({
      candidates,
      factor,
      smallest: 2 * folds,
      most: rows,
      ...(least === null ? {} : { least }),
    })
    expect(schedule).toEqual(rungs)
  }
})

describe('random settings', () => {
  const search = {
    method: 'random',
    trials: 40,
    parameters: {
      'model.maxDepth': { min: 2, max: 5 },
      'model.learningRate': { min: 0.001, max: 1, log: true },
      'model.subsample': { min: 0, max: 1 },
      'model.l2': [0, 1, 10],
    },
  }

  test('stay within their ranges: whole where the key takes nothing else, even in the logarithm', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10_000 }), (seed) => {
        for (const { parameters } of drawn(
          { ...search, parameters: { ...search.parameters, 'model.subsample': [1] } },
          seed,
        )) {
          const depth = Number(parameters['model.maxDepth'])
          expect([2, 3, 4, 5]).toContain(depth)
          const rate = Number(parameters['model.learningRate'])
          expect(rate).toBeGreaterThanOrEqual(0.001)
          expect(rate).toBeLessThanOrEqual(1)
          expect([0, 1, 10]).toContain(parameters['model.l2'])
        }
      }),
      { numRuns: 10 },
    )
    const rates = drawn({
      ...search,
      trials: 400,
      parameters: { 'model.learningRate': search.parameters['model.learningRate'] },
    })
    const small = rates.filter(({ parameters }) => Number(parameters['model.learningRate']) < 0.0316).length
    expect(small / rates.length).toBeCloseTo(0.5, 1)
  })

  test('are those of the seed, and differ from each other', () => {
    const first = drawn({ ...search, parameters: { 'model.maxDepth': { min: 2, max: 16 } }, trials: 10 })
    expect(drawn({ ...search, parameters: { 'model.maxDepth': { min: 2, max: 16 } }, trials: 10 })).toEqual(
      first,
    )
    expect(new Set(first.map((one) => JSON.stringify(one.parameters))).size).toBe(10)
    expect(drawn({ ...search, parameters: { 'model.maxDepth': [3, 4] }, trials: 10 }).length).toBe(2)
  })
})

describe('a range is refused by its ends', () => {
  const refused = (parameters: object, message: RegExp, path: string, seed = 1) =>
    expect(() => drawn({ method: 'random', trials: 2, parameters }, seed)).toThrow(
      expect.objectContaining({ message: expect.stringMatching(message), path: `search.parameters.${path}` }),
    )

  test('above and below, for every seed', () => {
    for (const seed of [1, 2, 3]) {
      refused(
        { 'model.trees': { min: 5, max: 20_000 } },
        /"model.trees" from 5 to 20000 .*20000 is none/,
        'model.trees',
        seed,
      )
      refused(
        { 'model.subsample': { min: 0, max: 1 } },
        /"model.subsample" .* 0 is none/,
        'model.subsample',
        seed,
      )
    }
  })

  test('with the other parameters set, so that what belongs together may be searched together', () => {
    const momentum = { 'model.momentum': { min: 0.5, max: 0.9 } }
    const parse = (parameters: object) => searchSchema.parse({ method: 'random', trials: 3, parameters })
    const mlp = trainSpecSchema.parse({ from: 'a', target: 'b', model: { kind: 'mlp' } })
    expect(drawTrials(mlp, parse({ ...momentum, 'model.optimizer': ['sgd'] }), 1)).toHaveLength(3)
    expect(() => drawTrials(mlp, parse(momentum), 1)).toThrow(/"model.momentum" .*"optimizer": "sgd"/)
  })

  test('a key that there is not is said to be none', () => {
    refused({ 'model.dropout': { min: 0.1, max: 0.5 } }, /"model.dropout" is no key/, 'model.dropout')
  })
})

test('a column with dots in its name can be searched', () => {
  const [one] = drawn({ method: 'grid', parameters: { 'features.columns.a.b.scale': ['minmax'] } })
  expect(one?.spec.features?.columns).toEqual({ 'a.b': { scale: 'minmax' } })
})

describe('a setting that the cell cannot hold is refused by its name', () => {
  const tried = (parameters: object, model?: object) => () =>
    drawTrials(
      trainSpecSchema.parse({ from: 'a', target: 'b', ...(model ? { model } : {}) }),
      searchSchema.parse({ method: 'grid', parameters }),
      1,
    )
  const mlp = { kind: 'mlp' }
  const refusals: [parameters: object, model: object | undefined, message: string, whatToDo: RegExp][] = [
    [
      { 'model.l2': [0], 'model.dropout': [0.5, 2] },
      mlp,
      'search.parameters: 2 is no value for "model.dropout": expected a number of at most 0.9.',
      /reference/,
    ],
    [
      { 'model.layers': [[8], [8, 0]] },
      mlp,
      'search.parameters: [8,0] is no value for "model.layers": model.layers[1]: expected a number of at least 1, found 0.',
      /reference/,
    ],
    [
      { 'model.l2': [0], 'model.drop_out': [0.5] },
      mlp,
      'search.parameters: "model.drop_out" is no key of a train cell with the model "mlp".',
      /^Did you mean "dropout"\?/,
    ],
    [
      { 'features.columns.a.b.scaling': ['none'] },
      mlp,
      'search.parameters: "features.columns.a.b.scaling" is no key of a train cell with the model "mlp".',
      /The keys here are .*"scale"/,
    ],
    [
      { 'model.l2': [0, 1] },
      undefined,
      'search.parameters: "model.l2" is a key of a model, and the cell names none.',
      /add "model": \{"kind"/,
    ],
  ]
  test.each(refusals)('%j', (parameters, model, message, whatToDo) => {
    expect(tried(parameters, model)).toThrow(
      expect.objectContaining({ message, whatToDo: expect.stringMatching(whatToDo) }),
    )
  })
})

test('as many trainers as asked for, fewer where memory is short, never none', () => {
  expect(trainersAtATime(4, 1e6, 1e9)).toBe(4)
  expect(trainersAtATime(4, 3e8, 1e9)).toBe(2)
  expect(trainersAtATime(4, 5e9, 1e9)).toBe(1)
  expect([1, 2, 3, 8].map((trainers) => threadsOfEach(trainers, 8))).toEqual([8, 4, 2, 1])
  expect(threadsOfEach(4, 2)).toBe(1)
})
