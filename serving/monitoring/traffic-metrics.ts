import { latencyBounds } from '../../shared/drift/window.ts'
import type { Protocol } from '../http/refusal.ts'

/**
 * The numbers behind `/metrics` of one model version, kept as plain counters: a request costs a few additions and no
 * allocation. Those of several processes and stretches of time are added up.
 */
export interface TrafficMetrics {
  requests: Record<Protocol, number>
  responses: Map<number, number>
  success: Histogram
  failure: Histogram
  queue: Histogram
  batchRows: Histogram
  /** Rows of a batch that went to the scoring thread. */
  threadRows: Histogram
  rows: number
  bytesIn: number
  bytesOut: number
  shadow: ShadowMetrics
}

/** What came of scoring a copy of the traffic with this version. */
export interface ShadowMetrics {
  rows: number
  /** Rows whose class differs from the answer, or whose number differs by over 1 % of the larger one. */
  disagreements: number
  /** Sum of the differences of scores: of the predicted class's probability, or of the number. */
  difference: number
  /** Requests that were not scored because too many waited, or that the version refused. */
  dropped: number
}

export interface Histogram {
  readonly bounds: readonly number[]
  readonly counts: Float64Array
  sum: number
}

const rowBounds = [1, 2, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000]

const histogram = (bounds: readonly number[]): Histogram => ({
  bounds,
  counts: new Float64Array(bounds.length + 1),
  sum: 0,
})

/** The slot of a value among upper bounds (inclusive); the last slot holds what is above all. */
export function slotOf(bounds: readonly number[], value: number): number {
  let slot = 0
  while (slot < bounds.length && value > (bounds[slot] ?? 0)) slot++
  return slot
}

export function observe(target: Histogram, value: number): void {
  const slot = slotOf(target.bounds, value)
  target.counts[slot] = (target.counts[slot] ?? 0) + 1
  target.sum += value
}

export function createTrafficMetrics(): TrafficMetrics {
  return {
    requests: { predict: 0, mlflow: 0, inference: 0 },
    responses: new Map(),
    success: histogram(latencyBounds),
    failure: histogram(latencyBounds),
    queue: histogram(latencyBounds),
    batchRows: histogram(rowBounds),
    threadRows: histogram(rowBounds),
    rows: 0,
    bytesIn: 0,
    bytesOut: 0,
    shadow: { rows: 0, disagreements: 0, difference: 0, dropped: 0 },
  }
}

function addHistogram(into: Histogram, from: Histogram): void {
  for (let slot = 0; slot < into.counts.length; slot++) {
    into.counts[slot] = (into.counts[slot] ?? 0) + (from.counts[slot] ?? 0)
  }
  into.sum += from.sum
}

/** Adds `from` to `into`. */
export function addMetrics(into: TrafficMetrics, from: TrafficMetrics): void {
  for (const protocol of ['predict', 'mlflow', 'inference'] as const) {
    into.requests[protocol] += from.requests[protocol]
  }
  for (const [status, count] of from.responses) {
    into.responses.set(status, (into.responses.get(status) ?? 0) + count)
  }
  addHistogram(into.success, from.success)
  addHistogram(into.failure, from.failure)
  addHistogram(into.queue, from.queue)
  addHistogram(into.batchRows, from.batchRows)
  addHistogram(into.threadRows, from.threadRows)
  into.rows += from.rows
  into.bytesIn += from.bytesIn
  into.bytesOut += from.bytesOut
  into.shadow.rows += from.shadow.rows
  into.shadow.disagreements += from.shadow.disagreements
  into.shadow.difference += from.shadow.difference
  into.shadow.dropped += from.shadow.dropped
}

/** Nothing happened: there is nothing to report. */
export function isIdle(metrics: TrafficMetrics): boolean {
  const { requests, shadow } = metrics
  const asked = requests.predict + requests.mlflow + requests.inference
  return asked + metrics.responses.size + metrics.rows + shadow.rows + shadow.dropped === 0
}
