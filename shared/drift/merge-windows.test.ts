// Property tests: the order and grouping in which windows are added must not show.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { latencyPercentile } from './latency.ts'
import { mergeCounted, mergeTraffic, mergeWindows, resample, stepFor } from './merge-windows.ts'
import { randomWindows } from './testing/random-windows.ts'
import { latencyBounds, type Window } from './window.ts'

const arbitraryWindows = fc.nat().map(randomWindows)
const sample = (count: number): Window[] => Array.from({ length: count }, (_, i) => randomWindows(i)[0]!)

test('windows are merged by addition, in any order', () => {
  fc.assert(
    fc.property(arbitraryWindows, (windows) => {
      const merged = mergeWindows(windows)!
      const reversed = mergeWindows([...windows].reverse())!
      const answered = windows.filter((window) => window.role !== 'shadow')
      expect(merged.requests).toBe(answered.reduce((sum, window) => sum + window.requests, 0))
      expect(merged.rows).toBe(answered.reduce((sum, window) => sum + window.rows, 0))
      expect(merged.latency[3]).toBe(answered.reduce((sum, window) => sum + window.latency[3]!, 0))
      expect(merged.cpuSeconds).toBeCloseTo(
        windows.reduce((sum, window) => sum + window.cpuSeconds, 0),
        6,
      )
      expect(reversed.statuses).toEqual(merged.statuses)
      merged.features.forEach((counts, i) => {
        expect(reversed.features[i]!.counts).toEqual(counts.counts)
        expect(reversed.features[i]!.m2).toBeCloseTo(counts.m2, 6)
        expect(counts.n).toBe(windows.reduce((sum, window) => sum + window.features[i]!.n, 0))
      })
    }),
  )
})

test('memory is that of the last window of every replica', () => {
  const [a, b, c] = sample(3)
  const windows: Window[] = [
    { ...a!, instance: 'a', end: 1000, memoryBytes: 5 },
    { ...b!, instance: 'a', end: 2000, memoryBytes: 7 },
    { ...c!, instance: 'b', end: 1500, memoryBytes: 100 },
  ]
  expect(mergeTraffic(windows)!.memoryBytes).toBe(107)
  expect(mergeWindows(windows)!.instances).toEqual(['a', 'b'])
})

test('windows of different bin layouts are refused', () => {
  const [a, b] = sample(2)
  expect(() => mergeWindows([a!, { ...b!, layoutHash: 'another' }])).toThrow(
    expect.objectContaining({ code: 'conflict', message: expect.stringContaining('layout-1 and another') }),
  )
})

test('no windows have no sum', () => {
  expect(mergeWindows([])).toBeNull()
  expect(mergeTraffic([])).toBeNull()
  expect(mergeCounted([])).toBeNull()
})

test('resampling keeps every window in one group, by time', () => {
  fc.assert(
    fc.property(arbitraryWindows, fc.constantFrom(60_000, 300_000, 3_600_000), (windows, step) => {
      const groups = resample(windows, step)
      expect(groups.flat()).toHaveLength(windows.length)
      const slots = groups.map((group) => Math.floor(group[0]!.start / step))
      expect(slots).toEqual([...new Set(slots)].sort((a, b) => a - b))
    }),
  )
})

test('a point is no shorter than a window and a period has about 120 of them', () => {
  expect(stepFor(600_000, 1000)).toBe(5000)
  expect(stepFor(600_000, 60_000)).toBe(60_000)
  expect(stepFor(30 * 86_400_000, 60_000)).toBe(43_200_000)
  expect(stepFor(10 * 365 * 86_400_000, 60_000)).toBe(604_800_000)
})

test('percentiles are interpolated within a latency slot', () => {
  const latency = Array<number>(latencyBounds.length + 1).fill(0)
  expect(latencyPercentile(latency, 0.5)).toBeNull()
  latency[3] = 100 // 0.5 to 1 ms
  expect(latencyPercentile(latency, 0.5)).toBeCloseTo(0.00075, 12)
  expect(latencyPercentile(latency, 0.99)).toBeCloseTo(0.000995, 12)
  latency[0] = 100 // up to 0.1 ms
  expect(latencyPercentile(latency, 0.25)).toBeCloseTo(0.00005, 12)
})

test('what is slower than the last bound is answered as that bound', () => {
  const latency = Array<number>(latencyBounds.length + 1).fill(0)
  latency[latencyBounds.length] = 3
  expect(latencyPercentile(latency, 0.5)).toBe(10)
})

test('percentiles grow with the share and stay within the bounds', () => {
  fc.assert(
    fc.property(
      arbitraryWindows,
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      ([window], a, b) => {
        const low = latencyPercentile(window!.latency, Math.min(a, b))
        const high = latencyPercentile(window!.latency, Math.max(a, b))
        if (low === null || high === null) return
        expect(low).toBeGreaterThanOrEqual(0)
        expect(high).toBeGreaterThanOrEqual(low)
        expect(high).toBeLessThanOrEqual(10)
      },
    ),
  )
})
