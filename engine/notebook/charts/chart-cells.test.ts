import { afterAll, beforeAll, expect, test } from 'vitest'
import { chartSpecSchema } from '../../../shared/notebook/chart-spec.ts'
import { type Database, openDatabase, type Session } from '../../data/database.ts'
import { builtFigure } from './built-figure.ts'
import { plotlyFigure } from './plotly-figure.ts'

let database: Database
let session: Session
beforeAll(async () => {
  database = await openDatabase(':memory:', '.')
  session = await database.session()
  await session.run(`create table sales as select range as day, range % 2 = 0 as even, range::double as amount,
    case when range % 4 = 0 then 'a' else 'b' end as shop from range(100)`)
  await session.run('create table many as select range as x, random() as y from range(50000)')
  await session.run('create table halves as select range % 2 as half, 1 as one from range(50000)')
  await session.run("create table ranked as from (values ('c', 3.0), ('a', 2.5), ('b', 1.0)) t(shop, amount)")
})
afterAll(() => {
  session.close()
  database.close()
})

async function figure(spec: unknown) {
  const parsed = chartSpecSchema.parse(spec)
  const output =
    parsed.form === 'built' ? await builtFigure(session, parsed) : await plotlyFigure(session, parsed)
  if (output.type !== 'chart') throw new Error('expected a chart')
  return output
}

test('a bar chart aggregates in the database, one series a colour', async () => {
  const { figure: bars, rows } = await figure({
    from: 'sales',
    type: 'bar',
    x: 'even',
    y: 'amount',
    color: 'shop',
    aggregate: 'sum',
  })
  expect(rows).toBe(100)
  expect(bars.data).toEqual([
    { type: 'bar', name: 'b', x: [false, true], y: [2500, 1250] },
    { type: 'bar', name: 'a', x: [true], y: [1200] },
  ])
  expect(bars.layout).toMatchObject({
    xaxis: { title: { text: 'even' } },
    yaxis: { title: { text: 'sum of amount' } },
  })
})

test('bars at the same place are their sum, over all rows, and say so', async () => {
  const { figure: bars } = await figure({ from: 'sales', type: 'bar', x: 'even', y: 'amount' })
  expect(bars.data).toEqual([{ type: 'bar', x: [true, false], y: [2450, 2500] }])
  expect(bars.layout).toMatchObject({ yaxis: { title: { text: 'sum of amount' } } })
  const { figure: large, note } = await figure({ from: 'halves', type: 'bar', x: 'half', y: 'one' })
  expect(large.data[0]).toMatchObject({ x: [0, 1], y: [25_000, 25_000] })
  expect(note).toBe('')
})

test('bars at places of their own are the values as they are, in their order', async () => {
  const { figure: bars } = await figure({ from: 'ranked', type: 'bar', x: 'shop', y: 'amount' })
  expect(bars.data).toEqual([{ type: 'bar', x: ['c', 'a', 'b'], y: [3, 2.5, 1] }])
  expect(bars.layout).toMatchObject({ yaxis: { title: { text: 'amount' } } })
})

test('a histogram counts into equal bins', async () => {
  const { figure: histogram } = await figure({ from: 'sales', type: 'histogram', x: 'amount', bins: 10 })
  expect(histogram.data[0]).toMatchObject({ y: [10, 10, 10, 10, 10, 10, 10, 10, 10, 10], width: 9.9 })
})

test('coloured bars of a histogram lie over each other in the same bins, and can be seen through', async () => {
  const spec = { from: 'sales', type: 'histogram', x: 'amount', bins: 10, color: 'shop' }
  const { figure: histogram } = await figure(spec)
  expect(histogram.layout).toMatchObject({ barmode: 'overlay' })
  const bars = histogram.data as { x: number[]; opacity: number }[]
  expect(bars.map(({ opacity }) => opacity)).toEqual([0.6, 0.6])
  const bins = new Set(bars.flatMap(({ x }) => x.map((middle) => middle.toFixed(6))))
  expect(bins.size).toBe(10)
})

test('a box chart gives quartiles and fences', async () => {
  const { figure: box } = await figure({ from: 'sales', type: 'box', y: 'amount' })
  expect(box.data[0]).toMatchObject({
    q1: [24.75],
    median: [49.5],
    q3: [74.25],
    lowerfence: [0],
    upperfence: [99],
  })
})

test('a heatmap has a cell for each pair', async () => {
  const { figure: heatmap } = await figure({ from: 'sales', type: 'heatmap', x: 'even', y: 'shop' })
  expect(heatmap.data[0]).toMatchObject({
    x: ['false', 'true'],
    y: ['a', 'b'],
    z: [
      [null, 25],
      [50, 25],
    ],
  })
})

test('more than 20,000 points are sampled and the chart says so', async () => {
  const scatter = await figure({ from: 'many', type: 'scatter', x: 'x', y: 'y' })
  expect(scatter.note).toBe('20,000 of 50,000 rows, sampled')
  expect(scatter.figure.data[0]?.x).toHaveLength(20_000)
  const line = await figure({ from: 'many', type: 'line', x: 'x', y: 'y' })
  const xs = line.figure.data[0]?.x as number[]
  expect(xs).toEqual([...xs].sort((a, b) => a - b))
})

test('a whole Plotly figure reads columns by @name', async () => {
  const { figure: plotly } = await figure({
    from: 'sales',
    data: [{ type: 'scatter', x: '@day', y: '@amount', marker: { color: '@amount' } }],
    layout: { title: { text: 'Sales' } },
  })
  expect(plotly.data[0]?.x).toHaveLength(100)
  expect(plotly.data[0]).toMatchObject({ marker: { color: expect.arrayContaining([99]) } })
  expect(plotly.layout).toEqual({ title: { text: 'Sales' } })
})

test('an absent column is named with those that there are', async () => {
  await expect(figure({ from: 'sales', type: 'scatter', x: 'day', y: 'price' })).rejects.toThrow(
    'The relation sales has no column price; it has day, even, amount, shop.',
  )
})
