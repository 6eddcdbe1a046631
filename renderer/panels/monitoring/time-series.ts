import type { Point } from '../../../shared/contract/monitoring.ts'

/** A window that is still open is drawn at the rate of a whole minute, so that its first seconds do not leap. */
const minuteMs = 60_000

/** Two windows further apart than this are not joined by a line. */
const gapMs = 150_000

export function perMinute(count: number, point: Point): number {
  return (count * minuteMs) / Math.max(minuteMs, point.end - point.start)
}

export function perSecond(count: number, point: Point): number {
  return perMinute(count, point) / 60
}

export interface Series {
  /** Milliseconds since the epoch. */
  readonly x: readonly number[]
  readonly y: readonly (number | null)[]
}

/** A line over the windows' middles, broken where nothing was counted. */
export function lineOf(points: readonly Point[], value: (point: Point) => number | null): Series {
  const x: number[] = []
  const y: (number | null)[] = []
  let lastEnd: number | null = null
  for (const point of points) {
    const long = Math.max(gapMs, 1.5 * (point.end - point.start))
    if (lastEnd !== null && point.start - lastEnd > long) {
      x.push((lastEnd + point.start) / 2)
      y.push(null)
    }
    x.push((point.start + point.end) / 2)
    y.push(value(point))
    lastEnd = point.end
  }
  return { x, y }
}

/** True of a value with nothing on either side. */
export function standsAlone(series: Series, index: number): boolean {
  const none = (at: number) => (series.y[at] ?? null) === null
  return !none(index) && none(index - 1) && none(index + 1)
}

/** Status codes that occur, in ascending order, so that a colour never changes its meaning. */
export function statusCodes(points: readonly Point[]): string[] {
  const codes = new Set<string>()
  for (const point of points)
    for (const [code, count] of Object.entries(point.statuses)) if (count > 0) codes.add(code)
  return [...codes].sort()
}

/** The newest value that is there, for the figure beside a chart's title. */
export function latest(series: Series): number | null {
  return series.y.findLast((value) => value !== null) ?? null
}

/**
 * The axis all charts share: the period up to now, or up to the newest window if that is later by the engine's clock.
 * Rounded up to ten seconds, so that the axis moves in small steps and not with every read.
 */
export function timeRange(
  points: readonly Point[],
  minutes: number,
  now: number = Date.now(),
): { readonly from: number; readonly to: number } {
  const newest = points.at(-1)
  const to = Math.ceil(Math.max(now, newest?.end ?? 0) / 10_000) * 10_000
  return { from: to - minutes * minuteMs, to }
}
