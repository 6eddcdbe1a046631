import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createLeasedRates, createRates } from './rates.ts'

/** A clock that tests move, in milliseconds. */
const clock = () => {
  let time = 0
  return { now: () => time, pass: (ms: number) => (time += ms) }
}

it('gives a client a second\u2019s worth at once and then its rate, each client its own', () => {
  const { now, pass } = clock()
  const rates = createRates(2, now)
  expect([1, 2, 3].map(() => rates.wait('a'))).toEqual([0, 0, 0.5])
  expect(rates.wait('b')).toBe(0)
  pass(500)
  expect([rates.wait('a'), rates.wait('a')]).toEqual([0, 0.5])
})

it('passes one request now and then below one a second', () => {
  const { now, pass } = clock()
  const rates = createRates(0.1, now)
  expect([rates.wait('a'), rates.wait('a')]).toEqual([0, 10])
  pass(10_000)
  expect(rates.wait('a')).toBe(0)
})

it('is never exceeded by several workers together, however requests fall on them', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 200 }),
      fc.integer({ min: 1, max: 4 }),
      fc.array(fc.tuple(fc.nat(3), fc.integer({ min: 0, max: 120 })), { minLength: 1, maxLength: 300 }),
      async (perSecond, workers, requests) => {
        const { now, pass } = clock()
        const primary = createRates(perSecond, now)
        const each = Array.from({ length: workers }, () =>
          createLeasedRates(perSecond, workers, async (client, n) => primary.grant(client, n), now),
        )
        let passed = 0
        for (const [worker, ms] of requests) {
          pass(ms)
          const wait = await each[worker % workers]?.wait('a')
          if (wait === 0) passed++
          else expect(wait).toBeGreaterThan(0)
          expect(passed).toBeLessThanOrEqual(perSecond + (now() / 1000) * perSecond + 1e-6)
        }
      },
    ),
    { numRuns: 50 },
  )
})

it('asks for a share of the rate at once, and not at all while the answer is no', async () => {
  const { now, pass } = clock()
  const asked: number[] = []
  const primary = createRates(100, now)
  const worker = createLeasedRates(
    100,
    2,
    async (client, wanted) => {
      asked.push(wanted)
      return primary.grant(client, wanted)
    },
    now,
  )
  for (let i = 0; i < 100; i++) expect(await worker.wait('a')).toBe(0)
  expect(asked).toEqual(new Array(50).fill(2))
  for (let i = 0; i < 10; i++) expect(await worker.wait('a')).toBeGreaterThan(0)
  expect(asked).toHaveLength(51)
  pass(10)
  expect(await worker.wait('a')).toBe(0)
})
