import { expect, test } from 'vitest'
import { createPoller } from './poller.ts'

function setUp() {
  const clock = { time: 0, ticks: new Set<() => void>() }
  const pulls: number[] = []
  const poller = createPoller({
    pullAll: async () => {
      pulls.push(clock.time)
    },
    now: () => clock.time,
    every: (_, callback) => {
      clock.ticks.add(callback)
      return () => clock.ticks.delete(callback)
    },
  })
  async function pass(seconds: number) {
    for (let i = 0; i < seconds * 2; i++) {
      clock.time += 500
      for (const tick of clock.ticks) tick()
      await Promise.resolve()
      await Promise.resolve()
    }
  }
  return { clock, pulls, poller, pass }
}

test('polls every 30 seconds when nobody looks', async () => {
  const { pulls, poller, pass } = setUp()
  poller.start()
  await pass(65)
  expect(pulls).toEqual([0, 30_000, 60_000])
})

test('polls every 2 seconds while someone looks, and slows down afterwards', async () => {
  const { pulls, poller, pass } = setUp()
  poller.start()
  await pass(10)
  poller.watched()
  await pass(4)
  expect(pulls).toEqual([0, 10_500, 12_500])
  await pass(60)
  expect(pulls.filter((time) => time > 30_000).length).toBeLessThanOrEqual(2)
})

test('stop ends it and waits for the pull under way; starting twice is one poller', async () => {
  const { clock, pulls, poller, pass } = setUp()
  poller.start()
  poller.start()
  expect(clock.ticks.size).toBe(1)
  await poller.stop()
  await pass(120)
  expect(pulls).toEqual([0])
})
