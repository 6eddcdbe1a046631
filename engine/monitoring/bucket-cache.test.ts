// A step kept too long, or one cut by the border of a period and kept as if it were whole, would show here.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Bucket, createBucketCache, type Range } from './bucket-cache.ts'

/** What stands in the database: a number at a time. */
function counting() {
  const windows = new Map<number, number>()
  const asked: Range[] = []
  const sums = (step: number, [from, to]: Range): Bucket<number>[] => {
    const slots = new Map<number, number>()
    for (const [start, count] of windows) {
      if (start < from || start >= to) continue
      const slot = Math.floor(start / step)
      slots.set(slot, (slots.get(slot) ?? 0) + count)
    }
    return [...slots].sort(([a], [b]) => a - b).map(([slot, value]) => ({ slot, value }))
  }
  return { windows, asked, sums }
}

test('buckets are those of reading everything anew, whatever was stored and asked before', async () => {
  const write = fc.record({ at: fc.nat(200), count: fc.integer({ min: 1, max: 9 }) })
  const question = fc.record({ from: fc.nat(200), span: fc.nat(150), step: fc.constantFrom(7, 10, 50) })
  await fc.assert(
    fc.asyncProperty(fc.array(fc.oneof(write, question), { maxLength: 40 }), async (acts) => {
      const cache = createBucketCache()
      const { windows, sums } = counting()
      for (const act of acts) {
        if ('at' in act) {
          windows.set(act.at, act.count)
          cache.changed('d', [act.at])
          continue
        }
        const { from, span, step } = act
        const period = { from, to: from + span }
        const found = await cache.buckets({ deployment: 'd', key: 'k' }, period, step, async (range) =>
          sums(step, range),
        )
        expect(found).toEqual(sums(step, [from, from + span]))
      }
    }),
  )
})

test('looking again reads only the cut steps at the ends and the one that changed', async () => {
  const cache = createBucketCache()
  const { windows, asked, sums } = counting()
  for (let start = 0; start < 100; start++) windows.set(start, 1)
  const look = (from: number, to: number) =>
    cache.buckets({ deployment: 'd', key: 'k' }, { from, to }, 10, async (range) => {
      asked.push(range)
      return sums(10, range)
    })
  await look(3, 97)
  await look(4, 98)
  cache.changed('other', [55])
  cache.changed('d', [55])
  await look(5, 99)
  expect(asked).toEqual([
    [3, 97],
    [4, 10],
    [90, 98],
    [5, 10],
    [50, 60],
    [90, 99],
  ])
})

test('what was read while something was stored is not kept', async () => {
  const cache = createBucketCache()
  const { windows, sums } = counting()
  windows.set(5, 1)
  const look = (meanwhile: () => void) =>
    cache.buckets({ deployment: 'd', key: 'k' }, { from: 0, to: 20 }, 10, async (range) => {
      const found = sums(10, range)
      meanwhile()
      return found
    })
  await look(() => {
    windows.set(5, 2)
    cache.changed('d', [5])
  })
  expect(await look(() => {})).toEqual([{ slot: 0, value: 2 }])
})
