/** A mistake in a cell or a file is said so that it can be mended without looking anything up. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { decode, decodeJson } from './decode.ts'
import { Failure } from './failure.ts'
import { trainSpecSchema } from './notebook/train-spec.ts'

function refusal(run: () => unknown): Failure {
  try {
    run()
  } catch (error) {
    if (error instanceof Failure) return error
    throw error
  }
  throw new Error('It was accepted.')
}

const cell = (extra: object) => ({ from: 'f', target: 't', ...extra })
const column = (spec: object) => cell({ features: { columns: { a: spec } } })
const searching = (parameters: object) => cell({ search: { method: 'grid', parameters } })

describe('of a train cell', () => {
  test.each<[given: object, message: string, whatToDo: string]>([
    [
      cell({ split: { test: 1.5 } }),
      'split.test: expected a number below 1, found 1.5',
      'Change "split.test" and try again.',
    ],
    [
      cell({ split: { seed: 1.5 } }),
      'split.seed: expected a whole number, found 1.5',
      'Change "split.seed" and try again.',
    ],
    [
      cell({ split: { method: 'stratifed' } }),
      'split.method: expected "random", "stratified", "time" or "group", found "stratifed"',
      'Did you mean "stratified"?',
    ],
    [
      cell({ split: { method: 'time' } }),
      'split.column: the method "time" needs the column that the rows are ordered by',
      'Add "column" with its name.',
    ],
    [
      searching({ 'split.test': [0.1, 0.2] }),
      'search.parameters.split.test: expected a key under "model." or "features.", found "split.test"',
      'Rename that key, or remove it.',
    ],
    [
      searching({ 'model.l2': { min: 3, max: 1 } }),
      'search.parameters.model.l2: expected min below max, found 3 and 1',
      'Change "search.parameters.model.l2" and try again.',
    ],
    [
      searching({}),
      'search.parameters: expected at least one parameter, found {}',
      'Change "search.parameters" and try again.',
    ],
    [
      column({ bins: { count: 4, strategy: 'kmeans' } }),
      'features.columns.a.bins.strategy: expected "quantile" or "uniform", found "kmeans"',
      'Change "features.columns.a.bins.strategy" and try again.',
    ],
    [
      column({ fill: null }),
      'features.columns.a.fill: expected a number, a text, true or false, found null',
      'Change "features.columns.a.fill" and try again.',
    ],
    [
      column({ constraints: { pattern: '[' } }),
      'features.columns.a.constraints.pattern: expected a regular expression, found "["',
      'Change "features.columns.a.constraints.pattern" and try again.',
    ],
    [
      cell({ inputConstraints: { a: { min: true } } }),
      'inputConstraints.a.min: expected a number or a text, found true',
      'Change "inputConstraints.a.min" and try again.',
    ],
    [
      cell({ features: { interactions: [['a', 'b'], ['c']] } }),
      'features.interactions[1]: expected a list of at least 2 entries, found ["c"]',
      'Change "features.interactions[1]" and try again.',
    ],
    [
      cell({ train: 1 }),
      'unknown key "train"',
      'Remove it. The keys here are "from", "target", "weight", "task", "features", "split", "crossValidation", "search", "targetTime", "model", "register", "servingInput", "inputConstraints", "freeze".',
    ],
    [
      cell({ model: { kind: 'logistic', epoch: 3 } }),
      'model: unknown key "epoch"',
      'Did you mean "epochs"? The keys here are "kind", "epochs", "batchSize", "learningRate", "learningRateSchedule", "optimizer", "momentum", "l2", "patience", "l1", "classWeights".',
    ],
    [
      cell({ model: 'gbdt' }),
      'model: expected a model such as { "kind": "gbdt" }, found "gbdt"',
      'Change "model" and try again.',
    ],
    [
      cell({ model: { kind: 'gbtd' } }),
      'model.kind: expected a model kind of linear, logistic, mlp, gbdt, found "gbtd"',
      'Did you mean "gbdt"?',
    ],
    [
      cell({ model: { kind: 'mlp', learningRateSchedule: { kind: 'warm' } } }),
      'model.learningRateSchedule.kind: expected "constant", "step", "exponential", "cosine" or "plateau", found "warm"',
      'Change "model.learningRateSchedule.kind" and try again.',
    ],
    [{ from: 'f' }, 'target: expected a text, found nothing', 'Add "target".'],
  ])('%j', (given, message, whatToDo) => {
    const failure = refusal(() => decode(trainSpecSchema, given, 'The train cell "c"'))
    expect(failure.code).toBe('invalid-input')
    expect(failure.message).toBe(`The train cell "c": ${message}.`)
    expect(failure.whatToDo).toBe(whatToDo)
  })

  test('whatever stands wherever, in plain words and short', () => {
    const whole = {
      from: 'f',
      target: 't',
      weight: 'w',
      split: { method: 'time', column: 'at', test: 0.2 },
      crossValidation: { folds: 3 },
      features: {
        columns: {
          a: { impute: 'constant', fill: 0, bins: { count: 4 }, parts: ['hour'], constraints: { min: 0 } },
        },
        interactions: [['a', 'b']],
      },
      search: {
        method: 'random',
        parameters: { 'model.layers': [[3], [4]], 'model.l2': { min: 1, max: 2 } },
      },
      model: { kind: 'mlp', layers: [3], learningRateSchedule: { kind: 'step', every: 3, factor: 0.1 } },
      inputConstraints: { a: { values: ['x'] } },
      freeze: ['avg(x)'],
    }
    expect(decode(trainSpecSchema, whole, 'The cell')).toMatchObject(whole)
    const paths: string[][] = []
    const collect = (value: unknown, path: string[]) => {
      paths.push(path)
      if (typeof value !== 'object' || value === null) return
      for (const [key, inner] of Object.entries(value)) collect(inner, [...path, key])
    }
    collect(whole, [])
    const put = (value: unknown, [key, ...rest]: string[], given: unknown): unknown => {
      if (key === undefined) return given
      const copy = structuredClone(value) as Record<string, unknown>
      copy[key] = put(copy[key], rest, given)
      return copy
    }
    fc.assert(
      fc.property(fc.constantFrom(...paths), fc.jsonValue({ maxDepth: 3 }), (path, given) => {
        let failure: Failure | null = null
        try {
          decode(trainSpecSchema, put(whole, path, given), 'The cell')
        } catch (error) {
          failure = error as Failure
        }
        if (failure === null) return
        expect(failure).toBeInstanceOf(Failure)
        expect(failure.message).not.toMatch(
          /Invalid|Too (big|small)|Unrecognized|received|undefined|\[object/,
        )
        expect(failure.message).toMatch(/^The cell: .+\.$/s)
        expect(failure.message).toMatch(/expected .+ found |unknown key/s)
        expect(failure.message.length).toBeLessThan(400)
        expect(failure.whatToDo).toMatch(/^(Change|Add|Remove|Rename|Did you mean) .*[.?]$/s)
      }),
      { numRuns: 2000 },
    )
  })
})

describe('of any value', () => {
  const schema = z.strictObject({ a: z.number(), b: z.number() })

  test('the first problem is told, and how many more there are', () => {
    const { message, path } = refusal(() => decode(schema, { a: 'x', b: 'y' }, 'file.json'))
    expect(message).toBe('file.json: a: expected a number, found "x" (1 more problem).')
    expect(path).toBe('a')
    const three = refusal(() => decode(schema, { a: 'x', b: 'y', else: 1 }, 'file.json'))
    expect(three.message).toMatch(/\(2 more problems\)\.$/)
  })

  test('the value itself has no path', () => {
    const failure = refusal(() => decode(schema, [], 'file.json'))
    expect(failure.message).toBe('file.json: expected an object, found [].')
    expect(failure.path).toBeUndefined()
    expect(failure.whatToDo).toBe('Change it and try again.')
  })

  test('a key as long as a file does not make the message as long', () => {
    const record = z.record(z.string(), z.number())
    const { message, path } = refusal(() => decode(record, { ['k'.repeat(1_000_000)]: 'x' }, 'file.json'))
    expect(message).toBe(`file.json: ${'k'.repeat(80)}…: expected a number, found "x".`)
    expect(path).toBe(`${'k'.repeat(80)}…`)
  })

  test('the way out is the one of the caller, where the value is no work of the user', () => {
    const ways = ['{"a":1}', '{"a"'].map((text) =>
      refusal(() => decodeJson(schema, text, 'file.json', 'Package it anew.')),
    )
    expect(ways.map(({ whatToDo }) => whatToDo)).toEqual(['Package it anew.', 'Package it anew.'])
  })

  test('text that is no JSON is named, with where it breaks off and the way out', () => {
    const failure = refusal(() => decodeJson(schema, '{"a": 1,}', 'file.json'))
    expect(failure.message).toBe(
      'file.json is not JSON: line 1, column 9: expected a key in double quotes, found "}".',
    )
    expect(failure.whatToDo).toBe('Take out the comma before it.')
  })
})
