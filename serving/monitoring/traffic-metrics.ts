import os from 'node:os'
import { latencyBounds } from '../../shared/drift/window.ts'
import type { Protocol } from '../http/refusal.ts'

/**
 * The numbers behind `/metrics`, kept as plain counters: a request costs a few additions and no allocation.
 * Names and labels: those that users of OCI Data Science and Prometheus know.
 */
export interface TrafficMetrics {
  requests: Record<Protocol, number>
  responses: Map<number, number>
  success: Histogram
  failure: Histogram
  queue: Histogram
  batchRows: Histogram
  rows: number
  bytesIn: number
  bytesOut: number
  inflight: number
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
    rows: 0,
    bytesIn: 0,
    bytesOut: 0,
    inflight: 0,
  }
}

/** What the process used since the last look, as shares. */
export interface Utilisation {
  cpu: number
  memory: number
  bandwidth: number
}

/** Measures shares over the time between two calls that are at least a second apart. */
export function createUtilisationMeter(
  metrics: TrafficMetrics,
  bandwidthMbps: number,
  now: () => number = () => performance.now(),
): () => Utilisation {
  const memoryBytes = process.constrainedMemory() || os.totalmem()
  const available = Math.min(memoryBytes, os.totalmem())
  let last = { at: now(), cpu: process.cpuUsage(), bytes: 0 }
  let shares: Utilisation = { cpu: 0, memory: 0, bandwidth: 0 }
  return () => {
    const at = now()
    const seconds = (at - last.at) / 1000
    if (seconds >= 1 || shares.memory === 0) {
      const cpu = process.cpuUsage()
      const used = (cpu.user + cpu.system - last.cpu.user - last.cpu.system) / 1e6
      const bytes = metrics.bytesIn + metrics.bytesOut
      const elapsed = Math.max(seconds, 0.001)
      shares = {
        cpu: used / elapsed,
        memory: process.memoryUsage.rss() / available,
        bandwidth: ((bytes - last.bytes) * 8) / 1e6 / elapsed / bandwidthMbps,
      }
      last = { at, cpu, bytes }
    }
    return shares
  }
}

function escapeLabel(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}

function labels(pairs: Readonly<Record<string, string>>): string {
  const inside = Object.entries(pairs).map(([name, value]) => `${name}="${escapeLabel(value)}"`)
  return inside.length === 0 ? '' : `{${inside.join(',')}}`
}

function histogramLines(name: string, source: Histogram, pairs: Readonly<Record<string, string>>): string[] {
  const lines: string[] = []
  let total = 0
  for (const [slot, bound] of source.bounds.entries()) {
    total += source.counts[slot] ?? 0
    lines.push(`${name}_bucket${labels({ ...pairs, le: String(bound) })} ${total}`)
  }
  total += source.counts[source.bounds.length] ?? 0
  lines.push(`${name}_bucket${labels({ ...pairs, le: '+Inf' })} ${total}`)
  lines.push(`${name}_sum${labels(pairs)} ${source.sum}`, `${name}_count${labels(pairs)} ${total}`)
  return lines
}

/** Prometheus text, exposition format 0.0.4. */
export function metricsText(
  metrics: TrafficMetrics,
  use: Utilisation,
  model: { name: string; version: number },
  instance: string,
): string {
  const lines: string[] = []
  const family = (name: string, type: string, help: string, samples: string[]) => {
    lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...samples)
  }
  const requests = Object.entries(metrics.requests).map(
    ([protocol, count]) =>
      `slipway_predict_requests_total${labels({ model: model.name, version: String(model.version), protocol })} ${count}`,
  )
  family('slipway_predict_requests_total', 'counter', 'Prediction requests.', requests)
  const responses = [...metrics.responses].map(([status, count]) => {
    const family = `${Math.floor(status / 100)}XX`
    const result = status < 400 ? 'success' : 'failure'
    return `slipway_predict_responses_total${labels({ status_code: String(status), status_family: family, result })} ${count}`
  })
  family('slipway_predict_responses_total', 'counter', 'Responses to prediction requests.', responses)
  family(
    'slipway_predict_latency_seconds',
    'histogram',
    'Time from arrival of a prediction request to its answer.',
    [
      ...histogramLines('slipway_predict_latency_seconds', metrics.success, { result: 'success' }),
      ...histogramLines('slipway_predict_latency_seconds', metrics.failure, { result: 'failure' }),
    ],
  )
  family('slipway_network_bytes_total', 'counter', 'Bytes of prediction request and response bodies.', [
    `slipway_network_bytes_total${labels({ direction: 'in' })} ${metrics.bytesIn}`,
    `slipway_network_bytes_total${labels({ direction: 'out' })} ${metrics.bytesOut}`,
  ])
  family('slipway_bandwidth_utilization_ratio', 'gauge', 'Bandwidth consumed over bandwidth provisioned.', [
    `slipway_bandwidth_utilization_ratio ${use.bandwidth}`,
  ])
  family('slipway_cpu_utilization_ratio', 'gauge', 'CPU time used over time passed; 1 is one whole core.', [
    `slipway_cpu_utilization_ratio${labels({ instance })} ${use.cpu}`,
  ])
  family(
    'slipway_memory_utilization_ratio',
    'gauge',
    'Resident memory over memory available to the process.',
    [`slipway_memory_utilization_ratio${labels({ instance })} ${use.memory}`],
  )
  family('slipway_rows_total', 'counter', 'Rows scored.', [`slipway_rows_total ${metrics.rows}`])
  family(
    'slipway_batch_rows',
    'histogram',
    'Rows of a scored request.',
    histogramLines('slipway_batch_rows', metrics.batchRows, {}),
  )
  family('slipway_inflight_requests', 'gauge', 'Prediction requests being answered.', [
    `slipway_inflight_requests ${metrics.inflight}`,
  ])
  family(
    'slipway_queue_seconds',
    'histogram',
    'Time from arrival of a request to the start of its scoring.',
    histogramLines('slipway_queue_seconds', metrics.queue, {}),
  )
  return `${lines.join('\n')}\n`
}
