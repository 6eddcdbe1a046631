/** Catches a time or group split that lets the training rows see the test rows' time or group. */
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Failure } from '../../../shared/failure.ts'
import { trainSpecSchema } from '../../../shared/notebook/train-spec.ts'
import { type Database, openDatabase, type Session } from '../../data/database.ts'
import { openData } from '../open-data.ts'
import { splitTable } from '../split-rows.ts'

let database: Database
beforeAll(async () => {
  database = await openDatabase(':memory:', '.')
})
afterAll(() => database.close())

async function split(keys: readonly number[], splitSpec: object, target = 'v') {
  const session = await database.session()
  try {
    const values = keys.map((key, i) => `(${key}, ${(i * 7919) % 101}, ${i % 2 === 0})`).join(', ')
    await session.run(`create temp table data as select * from (values ${values}) t(k, v, yes)`)
    const spec = trainSpecSchema.parse({
      from: 'data',
      target,
      features: { include: [target === 'v' ? 'yes' : 'v'] },
      split: splitSpec,
    })
    const opened = await openData(session, spec, [], () => undefined)
    return { opened, rows: await placed(session) }
  } finally {
    session.close()
  }
}

async function placed(session: Session): Promise<{ key: number; part: number }[]> {
  const rows = await session.rows(`select s::double as s, part from ${splitTable}`)
  return rows.map((row) => ({ key: Number(row.s), part: Number(row.part) }))
}

const keys = (distinct: number) =>
  fc
    .array(fc.integer({ min: 0, max: distinct }), { minLength: 12, maxLength: 80 })
    .filter((list) => new Set(list).size > 1)

describe('time', () => {
  test('every test row is later than every validation row, and those later than every training row', async () => {
    await fc.assert(
      fc.asyncProperty(keys(30), fc.double({ min: 0.1, max: 0.5, noNaN: true }), async (list, share) => {
        const found = await split(list, { method: 'time', column: 'k', test: share }).catch(
          (error: unknown) => {
            // The earliest time alone may reach into the last rows.
            if (error instanceof Failure && error.path === 'split.column') return null
            throw error
          },
        )
        if (!found) return
        const of = (part: number) => found.rows.filter((row) => row.part === part).map((row) => row.key)
        const [train, validation, held] = [of(0), of(1), of(2)]
        expect(train.length + validation.length + held.length).toBe(list.length)
        expect(Math.max(...train)).toBeLessThan(Math.min(...held, ...validation))
        if (validation.length > 0) expect(Math.max(...validation)).toBeLessThan(Math.min(...held))
        expect(held.length).toBeGreaterThanOrEqual(Math.ceil(list.length * share - 1e-9))
      }),
      { numRuns: 15 },
    )
  })

  test('without ties the shares are those asked for', async () => {
    const { opened } = await split(
      Array.from({ length: 40 }, (_, i) => (i * 7) % 40),
      { method: 'time', column: 'k' },
    )
    expect(opened.counts).toEqual({ train: 27, validation: 3, test: 10 })
  })
})

describe('group', () => {
  test('no group is in two parts, and there is always something to train and to test on', async () => {
    await fc.assert(
      fc.asyncProperty(keys(15), fc.integer({ min: 0, max: 1000 }), async (list, seed) => {
        const { rows, opened } = await split(list, { method: 'group', column: 'k', seed })
        const partsOf = new Map<number, Set<number>>()
        for (const { key, part } of rows) partsOf.set(key, (partsOf.get(key) ?? new Set()).add(part))
        for (const parts of partsOf.values()) expect(parts.size).toBe(1)
        expect(opened.counts.train).toBeGreaterThan(0)
        expect(opened.counts.test).toBeGreaterThan(0)
        expect(rows.length).toBe(list.length)
      }),
      { numRuns: 15 },
    )
  })

  test('many small groups come near the shares asked for', async () => {
    const { opened } = await split(
      Array.from({ length: 400 }, (_, i) => i % 100),
      { method: 'group', column: 'k' },
    )
    expect(opened.counts.test).toBe(100)
    expect(Math.abs(opened.counts.validation - 30)).toBeLessThanOrEqual(4)
  })
})

test('the column a split goes by is no feature unless the spec names it', async () => {
  const session = await database.session()
  await session.run(
    'create temp table shop as select i % 9 as customer, i as day, i % 4 as n, i % 2 = 0 as y from range(60) t(i)',
  )
  const open = async (extra: object) => {
    const spec = trainSpecSchema.parse({ from: 'shop', target: 'y', ...extra })
    await session.run('drop table if exists temp.slipway_split')
    const opened = await openData(session, spec, [], () => undefined)
    return { features: opened.features.map(({ name }) => name), heldBack: opened.heldBack }
  }
  const byGroup = { split: { method: 'group', column: 'customer' } }
  expect(await open(byGroup)).toEqual({ features: ['day', 'n'], heldBack: ['customer'] })
  expect(await open({ ...byGroup, features: { columns: { customer: {} } } })).toEqual({
    features: ['customer', 'day', 'n'],
    heldBack: [],
  })
  expect(await open({ split: { method: 'time', column: 'day' }, targetTime: 'n' })).toEqual({
    features: ['customer'],
    heldBack: ['day', 'n'],
  })
  session.close()
})

describe('refused, by name', () => {
  const cases: [string, object, RegExp][] = [
    ['an absent column', { method: 'time', column: 'when' }, /no column "when"/],
    ['the target', { method: 'group', column: 'v' }, /"v" is the target/],
    ['a truth value as time', { method: 'time', column: 'yes' }, /BOOLEAN, which has no order in time/],
  ]
  test.each(cases)('%s', async (_name, spec, message) => {
    await expect(split([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], spec)).rejects.toThrow(message)
  })

  test('one time or one group for all rows', async () => {
    const same = new Array<number>(12).fill(3)
    await expect(split(same, { method: 'time', column: 'k' })).rejects.toThrow(/one time for all 12 rows/)
    await expect(split(same, { method: 'group', column: 'k' })).rejects.toThrow(/one group for all 12 rows/)
  })

  test('rows without a value', async () => {
    const session = await database.session()
    await session.run(
      'create temp table gaps as select nullif(i, 3) as day, i % 3 as n, i % 2 = 0 as y from range(20) t(i)',
    )
    const spec = trainSpecSchema.parse({
      from: 'gaps',
      target: 'y',
      split: { method: 'time', column: 'day' },
    })
    await expect(openData(session, spec, [], () => undefined)).rejects.toThrow(
      /"day", which the rows are split by, is missing in 1 of 20 rows/,
    )
    session.close()
  })

  test('a method without its column, and a column without its method', () => {
    const parse = (split: object) =>
      trainSpecSchema.safeParse({ from: 'a', target: 'b', split }).error?.issues[0]
    expect(parse({ method: 'time' })).toMatchObject({
      path: ['split', 'column'],
      message: /the rows are ordered by/,
    })
    expect(parse({ method: 'random', column: 'k' })).toMatchObject({
      message: /goes with the method "time" or "group"/,
    })
  })
})

describe('random and stratified', () => {
  /** How many rows of each kind are where, and in which order. */
  async function repeated(method: string, order: string) {
    const session = await database.session()
    try {
      await session.run(
        `create temp table data as
         select i % 6 as k, (i // 6) % 10 < i % 6 as yes from range(6000) t(i) order by ${order}`,
      )
      const spec = trainSpecSchema.parse({ from: 'data', target: 'yes', split: { method, seed: 3 } })
      await openData(session, spec, [], () => undefined)
      const shares = await session.rows(
        `select c0::integer as k, part, avg(y)::double as yes from ${splitTable} group by all order by all`,
      )
      const [rows] = await session.rows(
        `select list([n, part, c0, y] order by n)::varchar as all from ${splitTable}`,
      )
      return { shares, rows: rows?.all }
    } finally {
      session.close()
    }
  }

  test.each(['random', 'stratified'])(
    'of few different rows, the %s parts are like the whole, however they are stored',
    async (method) => {
      const { shares, rows } = await repeated(method, 'i')
      expect(shares).toHaveLength(18)
      // Of k rows in ten the target is true; of 75 validation rows such a share has a standard error of up to 0.06.
      for (const { k, yes } of shares) expect(Math.abs(Number(yes) - Number(k) / 10)).toBeLessThan(0.2)
      expect((await repeated(method, 'yes desc, k')).rows).toBe(rows)
    },
  )
})
