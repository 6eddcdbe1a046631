import { describe, expect, it } from 'vitest'
import type { Point } from '../../../shared/contract/monitoring.ts'
import { latest, lineOf, perMinute, perSecond, standsAlone, statusCodes, timeRange } from './time-series.ts'

const minute = 60_000

function point(start: number, end: number, more: Partial<Point> = {}): Point {
  return {
    start,
    end,
    requests: 0,
    rows: 0,
    statuses: {},
    p50: null,
    p95: null,
    p99: null,
    bytesIn: 0,
    bytesOut: 0,
    cpu: 0,
    memoryBytes: 0,
    eventLoopDelayMs: 0,
    psi: [],
    ...more,
  }
}

describe('rates', () => {
  it('are per minute, whatever the length of the window', () => {
    expect(perMinute(600, point(0, 10 * minute))).toBe(60)
    expect(perSecond(600, point(0, 10 * minute))).toBe(1)
  })

  it('do not leap in the first seconds of a window', () => {
    expect(perMinute(20, point(0, 2000))).toBe(20)
  })
})

describe('a line over time', () => {
  it('stands at the middle of each window', () => {
    const series = lineOf([point(0, minute), point(minute, 2 * minute)], (p) => p.start)
    expect(series).toEqual({ x: [30_000, 90_000], y: [0, minute] })
  })

  it('breaks where nothing was counted, as while the deployment was inactive', () => {
    const series = lineOf([point(0, minute), point(10 * minute, 11 * minute)], () => 1)
    expect(series.y).toEqual([1, null, 1])
  })

  it('does not break hourly windows that follow each other', () => {
    const hour = 60 * minute
    expect(lineOf([point(0, hour), point(hour, 2 * hour)], () => 1).y).toEqual([1, 1])
  })

  it('knows the points that no line reaches', () => {
    const series = { x: [1, 2, 3, 4, 5], y: [1, null, 2, 3, null] }
    expect(series.y.map((_, index) => standsAlone(series, index))).toEqual([true, false, false, false, false])
  })

  it('knows its newest value, past windows without one', () => {
    expect(latest({ x: [1, 2, 3], y: [5, 7, null] })).toBe(7)
    expect(latest({ x: [], y: [] })).toBeNull()
  })
})

it('lists the status codes that occur, in order', () => {
  expect(
    statusCodes([
      point(0, 1, { statuses: { '422': 1, '200': 3 } }),
      point(1, 2, { statuses: { '500': 0, '400': 2 } }),
    ]),
  ).toEqual(['200', '400', '422'])
})

describe('the time axis', () => {
  it('ends now and begins the period before', () => {
    expect(timeRange([], 15, 1_000_000_000_000)).toEqual({
      from: 1_000_000_000_000 - 15 * minute,
      to: 1_000_000_000_000,
    })
  })

  it('shows the newest window whole, and moves in steps of ten seconds', () => {
    const range = timeRange([point(0, 1_000_000_003_000)], 15, 1_000_000_000_000)
    expect(range.to).toBe(1_000_000_010_000)
  })
})
