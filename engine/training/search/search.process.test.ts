/** Searching and cross-validating as a train cell asks for it, on small trees. */
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type SearchTable, searchTableSchema } from '../../../shared/catalog/training-results.ts'
import { trainedRecordSchema } from '../../../shared/catalog/version.ts'
import { Failure } from '../../../shared/failure.ts'
import { forChurn, forSpend, openTrainingBench, type TrainingBench } from '../testing/training-bench.ts'

let bench: TrainingBench
beforeAll(async () => {
  bench = await openTrainingBench()
})
afterAll(() => bench.close())

const trees = { kind: 'gbdt', trees: 6 }
const grid = {
  method: 'grid',
  folds: 2,
  parameters: { 'model.maxDepth': [1, 3], 'features.columns.tenure.scale': ['standard', 'none'] },
}

/** Half of it, for what does not need four settings. */
const pair = { method: 'grid', folds: 2, parameters: { 'model.maxDepth': [1, 3] } }

/** What must not depend on time, on how many trainers worked or on what was found in the journal. */
function numbersOf({ trials, best }: SearchTable) {
  return { best, trials: trials.map(({ ms: _ms, ...trial }) => trial) }
}

describe('a grid', () => {
  test('is tried whole, its best is trained with and registered, and the record holds both', async () => {
    const tables: SearchTable[] = []
    const { record } = await bench.train(
      { ...forChurn, model: trees, search: grid },
      undefined,
      ({ search }) => {
        if (search) tables.push(search)
      },
    )
    expect(trainedRecordSchema.parse(record)).toEqual(record)
    const search = record.search!
    expect(search.trials.map((trial) => trial.parameters)).toEqual([
      { 'model.maxDepth': 1, 'features.columns.tenure.scale': 'standard' },
      { 'model.maxDepth': 1, 'features.columns.tenure.scale': 'none' },
      { 'model.maxDepth': 3, 'features.columns.tenure.scale': 'standard' },
      { 'model.maxDepth': 3, 'features.columns.tenure.scale': 'none' },
    ])
    for (const trial of search.trials)
      expect(trial).toMatchObject({ state: 'done', scores: [expect.any(Number), expect.any(Number)] })
    const highest = Math.max(...search.trials.map((trial) => trial.mean!))
    expect(search.trials[search.best! - 1]?.mean).toBe(highest)
    expect(search.spec.model).toMatchObject({
      maxDepth: search.trials[search.best! - 1]?.parameters['model.maxDepth'],
    })
    expect(search.fits).toEqual({ done: 8, of: 8, reused: 0 })
    // Live: some table had a trial at work while another waited.
    const states = tables.map((table) => table.trials.map((trial) => trial.state))
    expect(states.some((list) => list.includes('running') && list.includes('waiting'))).toBe(true)
    expect(record.spec.search).toMatchObject({ method: 'grid' })
  })

  test('gives the same numbers with one trainer and with three, and from the journal', async () => {
    const numbers = []
    const reused = []
    for (const [parallel, isKept] of [
      [1, false],
      [3, false],
      [2, true],
    ] as const) {
      if (!isKept) await forgetJournals()
      const { record } = await bench.train({ ...forChurn, model: trees, search: { ...pair, parallel } })
      numbers.push(numbersOf(record.search!))
      reused.push(record.search!.fits.reused)
    }
    expect(numbers[1]).toEqual(numbers[0])
    expect(numbers[2]).toEqual(numbers[0])
    expect(reused).toEqual([0, 0, 4])
  })
})

async function forgetJournals(): Promise<void> {
  for (const name of await readdir(bench.searchFolder)) await writeFile(join(bench.searchFolder, name), '')
}

test('successive halving trains fewer settings on more rows, rung by rung', async () => {
  const { record } = await bench.train({
    ...forSpend,
    model: trees,
    search: {
      method: 'halving',
      folds: 1,
      factor: 2,
      parameters: { 'model.maxDepth': [1, 2, 3, 4] },
      minResource: 75,
    },
  })
  const search = record.search!
  // 300 of the 400 rows are outside the test split.
  expect(search.rungs).toEqual([
    { candidates: 4, resource: 75 },
    { candidates: 2, resource: 150 },
    { candidates: 1, resource: 300 },
  ])
  expect(search.trials.map((trial) => trial.rung).sort()).toEqual([1, 1, 2, 3])
  expect(search.trials.filter((trial) => trial.state === 'stopped early').length).toBe(3)
  expect(search.trials[search.best! - 1]).toMatchObject({ rung: 3, resource: 300, state: 'done' })
  expect(search.fits.of).toBe(7)
})

test('stopping a search keeps what was finished, and running it again goes on from there', async () => {
  const spec = { ...forChurn, model: trees, search: { ...pair, parallel: 1, seed: 99 } }
  const controller = new AbortController()
  let stoppedAt = 0
  const ended: unknown = await bench
    .train(spec, controller.signal, ({ search }) => {
      if (search && search.fits.done >= 2 && stoppedAt === 0) {
        stoppedAt = search.fits.done
        controller.abort()
      }
    })
    .catch((error: unknown) => error)
  expect(ended instanceof Failure && ended.code).toBe('cancelled')
  const { record } = await bench.train(spec)
  expect(record.search!.fits).toEqual({ done: 4, of: 4, reused: 2 })
})

test('half a line at the end of a journal counts for nothing', async () => {
  const spec = { ...forChurn, model: trees, search: { ...pair, folds: 1, seed: 5 } }
  const { record } = await bench.train(spec)
  for (const name of await readdir(bench.searchFolder)) {
    const path = join(bench.searchFolder, name)
    const text = await readFile(path, 'utf8')
    if (text !== '') await writeFile(path, text.slice(0, -25))
  }
  const again = await bench.train(spec)
  expect(again.record.search!.fits.reused).toBe(1)
  expect(numbersOf(again.record.search!)).toEqual(numbersOf(record.search!))
})

test('a setting that fails is left out, with its reason', async () => {
  const { record } = await bench.train({
    ...forSpend,
    from: 'negative',
    model: trees,
    search: { method: 'grid', folds: 2, parameters: { 'model.objective': ['poisson', 'squared'] } },
  })
  expect(record.search?.trials.map((trial) => trial.state)).toEqual(['failed', 'done'])
  expect(record.search?.trials[0]?.problem).toMatch(/^In fold 1 of 2 of the search \(seed 7\): .*"poisson"/)
  expect(record.search?.best).toBe(2)
})
beforeAll(() => bench.sql('create view negative as select * replace (spend - 200 as spend) from customers'))

describe('cross-validation', () => {
  test('measures every fold of every repeat and sums them up with intervals', async () => {
    const { record } = await bench.train({
      ...forChurn,
      model: trees,
      crossValidation: { folds: 3, repeats: 2, seed: 11 },
    })
    const found = record.crossValidation!
    expect(found.results.map(({ repeat, fold }) => [repeat, fold])).toEqual([
      [1, 1],
      [1, 2],
      [1, 3],
      [2, 1],
      [2, 2],
      [2, 3],
    ])
    expect(found.seeds).toEqual([11, 12])
    expect(found.results.slice(0, 3).reduce((sum, one) => sum + one.rows.test, 0)).toBe(400)
    const { mean, sd, low, high } = found.summary.auc!
    const values = found.results.map((one) => one.metrics.auc!)
    expect(mean).toBeCloseTo(values.reduce((a, b) => a + b) / 6, 12)
    expect(sd).toBeGreaterThan(0)
    expect(low).toBeLessThan(mean)
    // Nadeau and Bengio's interval is wider than the plain one.
    expect(high! - mean).toBeGreaterThan((2.5706 * sd) / Math.sqrt(6))
    expect(trainedRecordSchema.parse(record)).toEqual(record)
  })

  test('with one fold it holds out the test share, once for each seed', async () => {
    const { record } = await bench.train({
      ...forSpend,
      model: trees,
      crossValidation: { folds: 1, repeats: 2 },
    })
    expect(record.crossValidation?.results.map((one) => one.rows.test)).toEqual([100, 100])
    const errors = record.crossValidation!.results.map((one) => one.metrics.rmse)
    expect(new Set(errors).size).toBe(2)
  })
})

test('a fold that cannot be fitted is named', async () => {
  await bench.sql(
    `create view late as select * replace (case when id < 250 then null else score end as score) from customers`,
  )
  const split = { method: 'time', column: 'id', test: 0.25, validation: 0 }
  const spec = { ...forSpend, from: 'late', split, model: trees }
  // Folds by time train on what came before: the first has no score to learn from, the last one has.
  await expect(bench.train({ ...spec, crossValidation: { folds: 3 } })).rejects.toMatchObject({
    path: 'features.columns.score',
    message: expect.stringMatching(
      /^In fold 1 of 3 of the cross-validation \(seed 7\): Column "score" is missing in all \d+ rows/,
    ),
  })
  const search = { ...pair, folds: 3, parallel: 3 }
  await expect(bench.train({ ...spec, search })).rejects.toMatchObject({
    message: expect.stringMatching(/^In fold 1 of 3 of the search/),
  })
})

test('a cross-validation after a search is of its best setting, and goes on showing its table', async () => {
  const tables: unknown[] = []
  const { record } = await bench.train(
    { ...forChurn, model: trees, search: pair, crossValidation: { folds: 2 } },
    undefined,
    ({ step, search }) => {
      if (step.startsWith('cross-validation')) tables.push(search)
    },
  )
  expect(tables.length).toBeGreaterThan(0)
  for (const table of tables) expect(searchTableSchema.parse(table)).toEqual(table)
  expect(record.crossValidation?.results.length).toBe(2)
})

describe('refused, by name, before anything is trained', () => {
  const search = (over: object) => ({ ...forChurn, model: trees, search: { ...grid, ...over } })
  const cases: [string, object, RegExp, string][] = [
    [
      'a key the model has not',
      search({ parameters: { 'model.dropout': [0.1] } }),
      /"model.dropout" is no key of a train cell with the model "gbdt"/,
      'search.parameters.model.dropout',
    ],
    [
      'a value out of range',
      search({ parameters: { 'model.maxDepth': [3, 99] } }),
      /99 is no value for "model.maxDepth"/,
      'search.parameters.model.maxDepth',
    ],
    [
      'a range in a grid',
      search({ parameters: { 'model.l2': { min: 0, max: 2 } } }),
      /"model.l2" is a range/,
      'search.parameters.model.l2',
    ],
    [
      'rungs without halving',
      search({ factor: 2 }),
      /search.factor: the method "grid" has no rungs/,
      'search.factor',
    ],
    ...['minResource', 'maxResource'].map((key): [string, object, RegExp, string] => [
      `fewer rows than folds and classes take, as ${key}`,
      search({ method: 'halving', [key]: 7 }),
      new RegExp(`search.${key}: 7 rows are too few; 2 folds and 2 classes take at least 8`),
      `search.${key}`,
    ]),
    [
      'more rows than there are',
      search({ method: 'halving', maxResource: 301 }),
      /search.maxResource: 301 rows are asked for; there are 300 outside the test split/,
      'search.maxResource',
    ],
    [
      'a first rung of more than the last',
      search({ method: 'halving', minResource: 200, maxResource: 100 }),
      /search.minResource: 200 is more than the most, 100/,
      'search.minResource',
    ],
    [
      'a range beyond what its key takes, whatever would be drawn',
      search({ method: 'random', trials: 2, parameters: { 'model.maxDepth': { min: 1, max: 1000 } } }),
      /the range of "model.maxDepth" from 1 to 1000 .*: 1000 is none/,
      'search.parameters.model.maxDepth',
    ],
    [
      'a metric of another task',
      search({ metric: 'rmse' }),
      /no "rmse"; its metrics are auc/,
      'search.metric',
    ],
    [
      'a searched resource',
      search({ method: 'halving', resource: 'model.trees', parameters: { 'model.trees': [3, 6] } }),
      /"model.trees" is given out by the rungs/,
      'search.resource',
    ],
    [
      'an unknown column',
      search({ parameters: { 'features.columns.nope.scale': ['none'] } }),
      /"features.columns.nope.scale": "none" cannot be tried. features.columns: .* no column "nope"/,
      'search.parameters.features.columns.nope.scale',
    ],
  ]
  test.each(cases)('%s', async (_name, spec, message, path) => {
    const ended: unknown = await bench.train(spec).catch((error: unknown) => error)
    if (!(ended instanceof Failure)) throw ended
    expect(ended.message).toMatch(message)
    expect(ended.path).toBe(path)
  })
})
