/** What travels between a serving input and a model, and what cannot. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openTrainingBench, type TrainingBench } from '../testing/training-bench.ts'
import type { TrainedModel } from '../training.ts'

let bench: TrainingBench

beforeAll(async () => {
  bench = await openTrainingBench()
  await bench.sql(
    `create table regions as select * from (values (0, 1.25), (1, 2.5), (2, 4.0)) t(region, rate)`,
  )
  await bench.sql(
    `create view cleaned as select *, coalesce(case when isnan(score) then null else score end, 0) / nullif(tenure, 0) as ratio from customers`,
  )
  await bench.sql(`create view good as
    select ratio, plan, vip, rate, churned, tenure - (region + 1) as older
    from cleaned left join regions using (region)`)
})

afterAll(() => bench.close())

const model = { kind: 'gbdt', trees: 3, maxDepth: 2 }

/** Trains on a view made by `sql`, from the serving input `customers`. */
async function trainOn(sql: string, spec: object = {}): Promise<TrainedModel> {
  await bench.sql(`create or replace view v as ${sql}`)
  return bench.train({ from: 'v', target: 'churned', servingInput: 'customers', model, ...spec })
}

const text = (trained: TrainedModel, path: string) => Buffer.from(trained.files.get(path) ?? []).toString()

describe('what travels', () => {
  it('is the SQL as it stands, the lookup tables, and the columns that the features need', async () => {
    const trained = await bench.train({ from: 'good', target: 'churned', servingInput: 'customers', model })
    const { transforms, signature } = trained.record
    expect(transforms?.cells.map(({ relation }) => relation)).toEqual(['cleaned', 'good'])
    expect(transforms?.lookups).toMatchObject([{ relation: 'regions', rows: 3 }])
    expect(text(trained, 'transforms/02-good.sql')).toContain('LEFT JOIN regions')
    expect(signature.inputs.map(({ name }) => name)).toEqual(['tenure', 'plan', 'vip', 'region', 'score'])
    const examples = JSON.parse(text(trained, 'examples.json'))
    expect(Object.keys(examples.rows[0])).toEqual(signature.inputs.map(({ name }) => name))
    expect(trained.files.get('transforms/lookups/regions.parquet')?.length).toBeGreaterThan(100)
    expect(text(trained, 'card.md')).toContain('## SQL transforms')
  })

  it('freezes statistics at their value over the training rows, each on top of the ones before', async () => {
    const sql = `select score - avg(score) over () as centred, (select max(tenure) from customers) - tenure as rest,
      plan, churned from customers`
    const trained = await trainOn(sql, { freeze: true })
    const statistics = trained.record.transforms?.statistics ?? []
    expect(statistics.map(({ rows }) => rows)).toEqual([
      trained.record.split.train,
      trained.record.split.train,
    ])
    const [mean] = statistics
    expect(text(trained, 'transforms/01-v.sql')).toContain(mean?.sql)
    expect(text(trained, 'transforms/01-v.sql')).not.toContain('OVER')
    expect(Number(mean?.value)).toBeGreaterThan(30)
    expect(Number(mean?.value)).toBeLessThan(70)
    expect(text(trained, 'card.md')).toContain(mean?.value)
  })

  it('freezes a deviation that features are divided by, which of one row is 0', async () => {
    const sql = `select (region - avg(region) over ()) / stddev_pop(region) over () as scaled, plan, churned
      from customers`
    const { record } = await trainOn(sql, {
      freeze: true,
      features: { columns: { scaled: { scale: 'none' } } },
    })
    const [mean, deviation] = record.transforms?.statistics ?? []
    expect(Number(mean?.value)).toBeCloseTo(1, 1)
    expect(Number(deviation?.value)).toBeCloseTo(0.82, 1)
  })
})

describe('is refused', () => {
  const refusals: [string, string, RegExp][] = [
    [
      'an aggregate',
      'select plan, any_value(churned) as churned, avg(score) as s from customers group by plan',
      /GROUP BY plan, which adds up rows into one/,
    ],
    [
      'a window, which could be frozen',
      'select score - avg(score) over () as c, churned from customers',
      /avg\(score\) OVER \(\).*looks at more rows/i,
    ],
    [
      'a window over an order',
      'select row_number() over (order by score) as c, churned from customers',
      /row_number\(\) OVER.*looks at more rows/i,
    ],
    ['DISTINCT', 'select distinct score, plan, churned from customers', /DISTINCT.*looks at more rows/],
    ['LIMIT', 'select score, churned from customers order by score limit 300', /LIMIT.*keeps some rows/],
    [
      'a self join',
      'select a.score, a.churned from customers a join customers b on a.id = b.id',
      /joins rows of the serving input with each other/,
    ],
    [
      'a union',
      'select score, churned from customers union all select score, churned from customers',
      /UNION.*several queries/,
    ],
    ['chance', 'select score + random() as s, churned from customers', /random\(\).*another value each time/],
    [
      'the day',
      'select score, current_date - joined::date as age, churned from customers',
      /another value each time/,
    ],
    [
      'a filter by the target',
      'select score, plan, churned from customers where churned is not null',
      /needs "churned" to make the features/,
    ],
    [
      'a feature made of the target',
      'select score, not churned as stayed, churned from customers',
      /needs "churned"/,
    ],
    [
      'a join that multiplies',
      'select score, churned, k from customers cross join range(2) t(k)',
      /makes several rows/,
    ],
    [
      'a NaN, which no request can carry',
      'select coalesce(score, 0) as s, plan, churned from customers',
      /does not hold what its SQL makes/,
    ],
    [
      'a file',
      `select score, churned from customers left join read_csv('nothing.csv') f on f.id = id`,
      /read_csv|nothing\.csv/,
    ],
  ]
  for (const [what, sql, message] of refusals) {
    it(what, async () => {
      await expect(trainOn(sql)).rejects.toThrow(message)
    })
  }

  it('with both ways out, of which the first is taken word for word', async () => {
    const sql = 'select score - avg(score) over () as c, plan, churned from customers'
    const refusal = await trainOn(sql).catch((error: unknown) => error)
    expect(refusal).toMatchObject({
      whatToDo: expect.stringMatching(/"freeze": \[".*"\].*upstream of servingInput/),
    })
    const [, list = '[]'] =
      /"freeze": (\[.*?\]) \(or/.exec(String((refusal as { whatToDo: string }).whatToDo)) ?? []
    const trained = await trainOn(sql, { freeze: JSON.parse(list) })
    expect(trained.record.transforms?.statistics).toHaveLength(1)
  })

  it('a serving input that does not lead there', async () => {
    await expect(
      bench.train({ from: 'good', target: 'churned', servingInput: 'regions_of_old', model }),
    ).rejects.toThrow('servingInput "regions_of_old" does not lead to "good"')
  })

  it('a name to freeze that is not there', async () => {
    await expect(
      trainOn('select score, churned from customers', { freeze: ['avg(nothing) over ()'] }),
    ).rejects.toThrow('freeze names avg(nothing) over ()')
  })
})
