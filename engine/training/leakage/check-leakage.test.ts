/** What is warned of, and, as much, what is not: the sample data sets have no leak. */
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { LeakageWarning } from '../../../shared/catalog/training-results.ts'
import { trainSpecSchema } from '../../../shared/notebook/train-spec.ts'
import { type Database, openDatabase, type Session } from '../../data/database.ts'
import { openData } from '../open-data.ts'
import { checkLeakage } from './check-leakage.ts'

let database: Database
let session: Session
beforeAll(async () => {
  database = await openDatabase(':memory:', '.')
  session = await database.session()
  // `x` says something of the answer, but not all; `noise` nothing.
  await session.run(`create table plain as
    with base as (select i, hash(i) % 1000 / 10.0 as x, hash(i + 7000) % 1000 / 10.0 as noise, (hash(i + 99) % 100)::integer as dice from range(1200) t(i))
    select *, ['red', 'green', 'blue'][1 + (hash(i + 5) % 3)::integer] as colour,
      (x + dice / 2 > 75) as yes, 3 * x + dice as amount,
      ['low', 'mid', 'high'][1 + floor(x / 34)::integer] as tier, timestamp '2024-01-01' + to_hours(i) as asked from base`)
})
afterAll(() => {
  session.close()
  database.close()
})

const features = ['x', 'noise', 'colour']

async function warningsOf(select: string, spec: object): Promise<LeakageWarning[]> {
  const own = await database.session()
  try {
    await own.run(`create temp view leaky as ${select}`)
    const parsed = trainSpecSchema.parse({ from: 'leaky', target: 'yes', ...spec })
    const opened = await openData(own, parsed, [], () => undefined)
    return await checkLeakage(own, opened, parsed, () => undefined)
  } finally {
    own.close()
  }
}

const kinds = (warnings: readonly LeakageWarning[]) => warnings.map(({ kind, column }) => [kind, column])

test.each(['yes', 'amount', 'tier'])('honest features of "%s" raise nothing', async (target) => {
  const include = target === 'tier' ? ['noise', 'colour'] : features
  expect(await warningsOf('select * from plain', { target, features: { include } })).toEqual([])
})

describe('a feature that gives the target away', () => {
  const leak = async (expression: string, target: string) => {
    const include = ['noise', 'colour', 'leak']
    return warningsOf(`select *, ${expression} as leak from plain`, { target, features: { include } })
  }
  const cases: [string, string, string][] = [
    ['the answer as a number with noise', 'yes::integer * 10 + noise / 50 + i / 1e6', 'yes'],
    ['the answer in words', "case when yes then 'gone' else 'here' end", 'yes'],
    ['a value that is missing just where the answer is no', 'case when yes then noise end', 'yes'],
    ['an order turned round', '-(x + dice / 2)', 'yes'],
    ['the target in another unit', 'amount * 2.54 + 1', 'amount'],
    ['the target squared', 'amount * amount', 'amount'],
    ['the class under another name', "tier || '-tier'", 'tier'],
  ]
  test.each(cases)('%s', async (_name, expression, target) => {
    const [warning, ...others] = await leak(expression, target)
    expect(others).toEqual([])
    expect(warning).toMatchObject({ kind: 'single-feature', column: 'leak' })
    expect(warning?.figure).toBeGreaterThanOrEqual(0.98)
    expect(warning?.message).toMatch(/Column "leak" alone predicts ".+" nearly perfectly/)
    expect(warning?.whatToDo).toMatch(/features.exclude/)
  })
})

describe('duplicates across splits', () => {
  const twice =
    'select * from plain union all select * replace (asked + interval 1 year as asked) from plain where i % 4 = 0'

  test.each([{ method: 'time', column: 'asked', test: 0.3 }, { method: 'stratified' }])(
    'are counted in a split by $method',
    async (split) => {
      const [warning, ...others] = await warningsOf(twice, { features: { include: features }, split })
      expect(others).toEqual([])
      expect(warning).toMatchObject({ kind: 'duplicate-rows' })
      expect(warning?.figure).toBeGreaterThan(0.15)
      expect(warning?.message).toMatch(/^\d+ of \d+ test rows \(\d+\.\d %\) are exact copies/)
    },
  )

  test('are no mistake in a table of few values', async () => {
    expect(await warningsOf('select colour, dice % 4 as dice, yes from plain', {})).toEqual([])
  })
})

describe('an identifier', () => {
  const identified = (expression: string, name: string) =>
    warningsOf(`select *, ${expression} as "${name}" from plain where i < 900`, {
      features: { include: [...features, name] },
    })

  test('counts through a range without gaps, is named as one, or follows the order of the rows', async () => {
    expect(kinds(await identified('i', 'row'))).toEqual([['identifier', 'row']])
    expect(kinds(await identified('(hash(i) % 4000000000)::bigint', 'customer_id'))).toEqual([
      ['identifier', 'customer_id'],
    ])
    expect(kinds(await identified('i * i', 'ticket'))).toEqual([['identifier', 'ticket']])
  })

  test('is text that is nearly always different', async () => {
    expect(
      kinds(
        await identified(
          "'c' || (case when i < 20 then 0 else i - i % 2 * (i % 40 = 1)::integer end)",
          'customer',
        ),
      ),
    ).toEqual([['identifier', 'customer']])
  })

  test('is text that is always different: kept, for the user to leave out', async () => {
    const [warning] = await identified("'customer ' || i", 'customer')
    expect(warning).toMatchObject({ kind: 'identifier', column: 'customer', figure: 1 })
    expect(warning?.whatToDo).toMatch(/"customer" in features.exclude.*As it is, the model has it/)
  })

  test('is not a measure that happens to be unique', async () => {
    expect(await identified('hash(i) % 90000000 / 7.0', 'weight')).toEqual([])
    expect(await identified('(hash(i) % 90000000)::bigint', 'income')).toEqual([])
  })
})

test('a target time that is none is refused by name', async () => {
  const of = (targetTime: string) =>
    warningsOf('select * from plain', { features: { include: features }, targetTime })
  await expect(of('gone')).rejects.toThrow(/targetTime: the relation "leaky" has no column "gone"/)
  await expect(of('colour')).rejects.toThrow(/"colour" is of type VARCHAR, expected a timestamp/)
})

test.each([
  ['churn/data/telco_churn.csv', 'churn'],
  ['diamonds/data/diamonds.csv', 'price'],
])('nothing in the sample %s is warned of, but a row number is', async (file, target) => {
  const path = fileURLToPath(new URL(`../../../resources/samples/${file}`, import.meta.url)).replaceAll(
    "'",
    "''",
  )
  const warnings = await warningsOf(
    `select row_number() over () as customerID, * from (from '${path}' limit 8000)`,
    { target },
  )
  expect(kinds(warnings)).toEqual([['identifier', 'customerID']])
})

test('of more rows than are looked at, some are learned from and some are checked, however large the test split', async () => {
  await session.run(`create table long as
    select i as a, hash(i) % 2 = 0 as yes, (hash(i) % 2)::integer + (hash(i + 3) % 100) / 200 as leak from range(120000) t(i)`)
  const found = await warningsOf('select * from long', {
    features: { include: ['leak'] },
    split: { method: 'random', test: 0.6 },
  })
  expect(kinds(found)).toEqual([['single-feature', 'leak']])
})

test('a time that is held as ISO text is compared with the target’s as other times are', async () => {
  const select = `select *, strftime(asked + interval 1 hour, '%Y-%m-%dT%H:%M:%S') as ended from plain`
  const spec = { targetTime: 'asked', features: { include: ['x', 'ended'] } }
  expect(kinds(await warningsOf(select, spec))).toEqual([['future-timestamp', 'ended']])
})
