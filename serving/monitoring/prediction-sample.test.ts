import { expect, test } from 'vitest'
import { createIdSeries } from './ids.ts'
import { createPredictionSample } from './prediction-sample.ts'

/** Sends rows as requests of one size within a second each, and answers the numbers of the rows that were logged. */
function logged(options: {
  perSecond: number
  requests: readonly number[]
  /** Requests in a second. */
  together?: number
  /** After which request the log is read. */
  readAfter?: number
}): number[] {
  const { perSecond, requests, together = requests.length, readAfter } = options
  let time = 1_000_000
  const ids = createIdSeries('1a2b3c4d', null)
  const sample = createPredictionSample(perSecond, () => time)
  const taken: string[] = []
  let row = 0
  for (const [i, rows] of requests.entries()) {
    if (i > 0 && i % together === 0) time += 1000
    sample.begin(rows)
    for (let n = 0; n < rows; n++, row++) {
      ids.next()
      if (sample.wants(ids.hash)) sample.add(String(row))
    }
    if (i === readAfter) taken.push(...sample.take(true))
  }
  taken.push(...sample.take(true))
  expect(sample.waiting).toBe(0)
  return taken.map(Number)
}

/** How many of each tenth of the rows were logged. */
function tenths(rows: readonly number[], of: number): number[] {
  const counts = Array<number>(10).fill(0)
  for (const row of rows) counts[Math.floor((row / of) * 10)]!++
  return counts
}

test('all predictions are logged while they are fewer than the limit', () => {
  expect(logged({ perSecond: 100, requests: [30, 1, 69] })).toEqual(Array.from({ length: 100 }, (_, i) => i))
})

test.each([
  ['one large request', [10_000]],
  ['many small ones', Array<number>(2_000).fill(5)],
  ['a small one, then large ones', [10, 2_000, 7_990]],
])('of a busier second, a sample is logged that no place in it is favoured by: %s', (_, requests) => {
  const rows = logged({ perSecond: 2_000, requests })
  expect(rows.length).toBeLessThanOrEqual(2_000)
  expect(rows.length).toBeGreaterThan(1_850)
  expect(rows).toEqual(rows.toSorted((a, b) => a - b))
  // A fifth of a thousand each, within four standard deviations.
  for (const count of tenths(rows, 10_000)) expect(Math.abs(count - 200)).toBeLessThan(50)
})

test('each second has its own limit', () => {
  const rows = logged({ perSecond: 100, requests: Array<number>(50).fill(100), together: 10 })
  expect(rows.length).toBeLessThanOrEqual(500)
  expect(rows.length).toBeGreaterThan(400)
})

test('reading in the middle of a second tells what is there, and the second keeps its limit', () => {
  const rows = logged({ perSecond: 100, requests: [60, 1_000], readAfter: 0 })
  expect(rows.slice(0, 60)).toEqual(Array.from({ length: 60 }, (_, i) => i))
  expect(rows.length).toBeGreaterThan(80)
  expect(rows.length).toBeLessThanOrEqual(100)
  expect(logged({ perSecond: 100, requests: [1_000, 1_000], readAfter: 0 }).length).toBeLessThanOrEqual(100)
})

test('a calm second keeps nothing back, a busy one and that after it everything until they are over', () => {
  let time = 1_000_000
  const sample = createPredictionSample(100, () => time)
  const ids = createIdSeries('1a2b3c4d', null)
  const send = (rows: number) => {
    sample.begin(rows)
    for (let n = 0; n < rows; n++) {
      ids.next()
      if (sample.wants(ids.hash)) sample.add('entry')
    }
  }
  const rounds = [40, 150, 30, 20].map((rows) => {
    send(rows)
    const during = sample.take(false).length
    time += 1000
    return [during, sample.take(false).length]
  })
  expect(rounds[0]).toEqual([40, 0])
  expect(rounds[1]).toEqual([0, expect.closeTo(100, -2)])
  expect(rounds[2]).toEqual([0, 30])
  expect(rounds[3]).toEqual([20, 0])
})

test('nothing is logged where the limit is none', () => {
  expect(logged({ perSecond: 0, requests: [10, 10] })).toEqual([])
})
