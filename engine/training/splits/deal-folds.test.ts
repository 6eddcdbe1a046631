/** Catches folds that differ in size or class shares, share a group, or train on what comes after their test. */
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { trainSpecSchema } from '../../../shared/notebook/train-spec.ts'
import { type Database, openDatabase } from '../../data/database.ts'
import { openData } from '../open-data.ts'
import { dealFolds, type FoldsRequest, foldsTable } from './deal-folds.ts'

let database: Database
beforeAll(async () => {
  database = await openDatabase(':memory:', '.')
})
afterAll(() => database.close())

interface Dealt {
  y: number
  key: number
  fold: number
  /** Part of the row when each fold in turn is held out. */
  parts: number[]
}

async function deal(
  rows: readonly { key: number; y: number }[],
  method: string,
  request: Partial<FoldsRequest>,
  share = 1,
): Promise<Dealt[]> {
  const session = await database.session()
  try {
    const values = rows.map(({ key, y }, i) => `(${i % 13}, ${key}, ${y})`).join(', ')
    await session.run(`create temp table data as select * from (values ${values}) t(x, k, y)`)
    const column = method === 'time' || method === 'group' ? { column: 'k' } : {}
    const spec = trainSpecSchema.parse({
      from: 'data',
      target: 'y',
      task: method === 'stratified' ? 'multiclass' : 'regression',
      features: { include: ['x'] },
      split: { method, test: 0.2, ...column },
    })
    const opened = await openData(session, spec, [], () => undefined)
    const asked: FoldsRequest = { folds: 4, seed: 3, rows: 'all', path: 'crossValidation', ...request }
    const part = await dealFolds(session, opened, asked)
    const parts = Array.from({ length: asked.folds }, (_, fold) => part(fold, share))
    const found = await session.rows(
      `select y::double as y, ${column.column ? 's' : 'n'}::double as k, fold::double as fold, [${parts.join(', ')}] as parts from ${foldsTable}`,
    )
    return found.map((row) => ({
      y: Number(row.y),
      key: Number(row.k),
      fold: Number(row.fold),
      parts: (Array.isArray(row.parts) ? row.parts : []).map(Number),
    }))
  } finally {
    session.close()
  }
}

function sizes(rows: readonly Dealt[], folds: number): number[] {
  return Array.from({ length: folds }, (_, fold) => rows.filter((row) => row.fold === fold).length)
}

const spread = (counts: readonly number[]) => Math.max(...counts) - Math.min(...counts)

describe('stratified folds, as scikit-learn deals them', () => {
  test('differ by one row, and by one row of every class; each row is tested on once', async () => {
    const classes = fc.array(fc.integer({ min: 8, max: 30 }), { minLength: 2, maxLength: 4 })
    await fc.assert(
      fc.asyncProperty(classes, fc.integer({ min: 2, max: 6 }), async (counts, folds) => {
        const rows = counts.flatMap((count, y) => Array.from({ length: count }, (_, key) => ({ key, y })))
        const dealt = await deal(rows, 'stratified', { folds })
        expect(spread(sizes(dealt, folds))).toBeLessThanOrEqual(1)
        for (let y = 0; y < counts.length; y++) {
          expect(
            spread(
              sizes(
                dealt.filter((row) => row.y === y),
                folds,
              ),
            ),
          ).toBeLessThanOrEqual(1)
        }
        for (const row of dealt) expect(row.parts.filter((part) => part === 2)).toEqual([2])
      }),
      { numRuns: 10 },
    )
  })

  test('validate on the share asked for, in each class', async () => {
    const rows = Array.from({ length: 400 }, (_, key) => ({ key, y: key % 5 === 0 ? 1 : 0 }))
    const dealt = await deal(rows, 'stratified', {})
    const validating = dealt.filter((row) => row.parts[0] === 1)
    expect(validating.length).toBe(30)
    expect(validating.filter((row) => row.y === 1).length).toBe(6)
  })
})

test('random folds differ by one row, and another seed deals others', async () => {
  const rows = Array.from({ length: 103 }, (_, key) => ({ key, y: key * 1.5 }))
  const first = await deal(rows, 'random', {})
  expect(sizes(first, 4).sort()).toEqual([25, 26, 26, 26])
  const foldOf = (dealt: readonly Dealt[]) => new Map(dealt.map((row) => [row.y, row.fold]))
  expect(foldOf(await deal(rows, 'random', {}))).toEqual(foldOf(first))
  expect(foldOf(await deal(rows, 'random', { seed: 4 }))).not.toEqual(foldOf(first))
})

describe('what is drawn by different seeds has nothing to do with each other', () => {
  const rows = Array.from({ length: 2000 }, (_, key) => ({ key, y: key * 1.5 }))

  test.each(['random', 'group'])('the held-out rows of repeats, split by %s', async (method) => {
    const held: Set<number>[] = []
    for (let seed = 1; seed <= 7; seed++) {
      const dealt = await deal(rows, method, { folds: 1, seed })
      held.push(new Set(dealt.filter((row) => row.parts[0] === 2).map((row) => row.y)))
    }
    // Two draws of 400 of 2,000 rows share 80, give or take 7.
    for (const [i, one] of held.entries()) {
      for (const other of held.slice(i + 1)) {
        const shared = [...other].filter((y) => one.has(y)).length
        expect(shared).toBeGreaterThan(45)
        expect(shared).toBeLessThan(115)
      }
    }
  })

  test.each(['random', 'group'])('the rows of a share, and those that validate, by %s', async (method) => {
    const dealt = await deal(rows, method, { folds: 4 }, 0.25)
    const used = dealt.filter((row) => row.parts[0] === 0 || row.parts[0] === 1)
    expect(used.length).toBe(375)
    // A tenth of the training rows validates, so also of any share of them: 38, give or take 6.
    const validating = used.filter((row) => row.parts[0] === 1).length
    expect(validating).toBeGreaterThan(15)
    expect(validating).toBeLessThan(65)
  })
})

test('one fold holds out the test share', async () => {
  const rows = Array.from({ length: 50 }, (_, key) => ({ key, y: key * 1.5 }))
  const dealt = await deal(rows, 'random', { folds: 1 })
  expect(dealt.filter((row) => row.parts[0] === 2).length).toBe(10)
})

test('group folds share no group, not even with the validation rows, and none is empty', async () => {
  const list = fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 30, maxLength: 90 })
  await fc.assert(
    fc.asyncProperty(list, fc.integer({ min: 2, max: 4 }), async (keys, folds) => {
      fc.pre(new Set(keys).size >= folds + 1)
      const rows = keys.map((key, i) => ({ key, y: i * 0.5 }))
      const dealt = await deal(rows, 'group', { folds })
      for (let fold = 0; fold < folds; fold++) {
        const partsOf = new Map<number, Set<number | undefined>>()
        for (const row of dealt)
          partsOf.set(row.key, (partsOf.get(row.key) ?? new Set()).add(row.parts[fold]))
        for (const parts of partsOf.values()) expect(parts.size).toBe(1)
      }
      for (const size of sizes(dealt, folds)) expect(size).toBeGreaterThan(0)
    }),
    { numRuns: 10 },
  )
})

test('time folds expand: each trains on all that came before its test, and nothing later', async () => {
  const rows = Array.from({ length: 103 }, (_, i) => ({ key: (i * 31) % 103, y: i * 0.5 }))
  const dealt = await deal(rows, 'time', { folds: 4 })
  const counts = [0, 1, 2, 3].map((fold) => {
    const of = (part: number) => dealt.filter((row) => row.parts[fold] === part).map((row) => row.key)
    expect(Math.max(...of(0))).toBeLessThan(Math.min(...of(1)))
    expect(Math.max(...of(1))).toBeLessThan(Math.min(...of(2)))
    return [of(0).length + of(1).length, of(2).length]
  })
  // TimeSeriesSplit(4) on 103 rows.
  expect(counts).toEqual([
    [23, 20],
    [43, 20],
    [63, 20],
    [83, 20],
  ])
})

test('a share of the rows leaves out training rows only, the same share of each class', async () => {
  const rows = Array.from({ length: 400 }, (_, key) => ({ key, y: key % 4 === 0 ? 1 : 0 }))
  const dealt = await deal(rows, 'stratified', {}, 0.2)
  expect(dealt.filter((row) => row.parts[1] === 2).length).toBe(100)
  const used = dealt.filter((row) => row.parts[1] === 0 || row.parts[1] === 1)
  expect(used.length).toBe(60)
  expect(used.filter((row) => row.y === 1).length).toBe(15)
})

test('rows of the test split stay out of a search', async () => {
  const rows = Array.from({ length: 100 }, (_, key) => ({ key, y: key * 0.5 }))
  expect((await deal(rows, 'random', { rows: 'not tested' })).length).toBe(80)
})

describe('refused, by name', () => {
  const rows = Array.from({ length: 40 }, (_, i) => ({ key: i % 3, y: i % 8 === 0 ? 1 : 0 }))
  test('more folds than groups', async () => {
    await expect(deal(rows, 'group', { folds: 5 })).rejects.toThrow(
      'crossValidation: 5 folds need at least 5 different values of "k"; there are 3.',
    )
  })
  test('more folds than rows of a class', async () => {
    await expect(deal(rows, 'stratified', { folds: 6 })).rejects.toThrow(
      'crossValidation: 6 stratified folds need at least 6 rows of each class; class 1 has 5.',
    )
  })
  test('more folds than times', async () => {
    await expect(deal(rows, 'time', { folds: 3, path: 'search' })).rejects.toThrow(
      /search: 3 folds need at least 4/,
    )
  })
})
