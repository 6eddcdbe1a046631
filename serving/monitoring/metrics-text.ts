import type { Histogram, TrafficMetrics } from './traffic-metrics.ts'
import { addMetrics, createTrafficMetrics } from './traffic-metrics.ts'
import type { Utilisation } from './utilisation.ts'

export type Role = 'active' | 'canary' | 'shadow' | 'retired'

/** What one version's share of the traffic is written from. */
export interface VersionMetrics {
  name: string
  version: number
  role: Role
  metrics: TrafficMetrics
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

/** Whether a version's requests are shown: a counter must not vanish when what answered becomes a shadow. */
const answersOrDid = ({ role, metrics }: VersionMetrics) => role !== 'shadow' || metrics.responses.size > 0

/** Counts by status. A first one of none, so that a rate is known from the first scrape on, before any request. */
const responsesOf = (metrics: TrafficMetrics): [number, number][] =>
  metrics.responses.has(200) ? [...metrics.responses] : [[200, 0], ...metrics.responses]

const resultOf = (status: number) => (status < 400 ? 'success' : 'failure')

/**
 * Prometheus text, exposition format 0.0.4. Names and labels: those that users of OCI Data Science and Prometheus know;
 * `slipway_version_*` tells the versions apart that serve side by side.
 */
export function metricsText(of: {
  versions: readonly VersionMetrics[]
  use: Utilisation
  instance: string
  inflight: number
  queuedRows: number
  workers: number
}): string {
  const lines: string[] = []
  const family = (name: string, type: string, help: string, samples: readonly string[]) => {
    if (samples.length > 0) lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...samples)
  }
  const gauge = (name: string, help: string, value: number, pairs: Readonly<Record<string, string>> = {}) =>
    family(name, 'gauge', help, [`${name}${labels(pairs)} ${value}`])
  const sum = createTrafficMetrics()
  for (const { metrics } of of.versions) addMetrics(sum, metrics)
  const each = (samples: (one: VersionMetrics, pairs: { model: string; version: string }) => string[]) =>
    of.versions.flatMap((one) => samples(one, { model: one.name, version: String(one.version) }))

  family(
    'slipway_predict_requests_total',
    'counter',
    'Prediction requests.',
    each((one, pairs) =>
      answersOrDid(one)
        ? Object.entries(one.metrics.requests).map(
            ([protocol, count]) => `slipway_predict_requests_total${labels({ ...pairs, protocol })} ${count}`,
          )
        : [],
    ),
  )
  const responses = responsesOf(sum).map(([status, count]) => {
    const pairs = {
      status_code: String(status),
      status_family: `${Math.floor(status / 100)}XX`,
      result: resultOf(status),
    }
    return `slipway_predict_responses_total${labels(pairs)} ${count}`
  })
  family('slipway_predict_responses_total', 'counter', 'Responses to prediction requests.', responses)
  const latency = 'slipway_predict_latency_seconds'
  family(latency, 'histogram', 'Time from arrival of a prediction request to its answer.', [
    ...histogramLines(latency, sum.success, { result: 'success' }),
    ...histogramLines(latency, sum.failure, { result: 'failure' }),
  ])
  family('slipway_network_bytes_total', 'counter', 'Bytes of prediction request and response bodies.', [
    `slipway_network_bytes_total${labels({ direction: 'in' })} ${sum.bytesIn}`,
    `slipway_network_bytes_total${labels({ direction: 'out' })} ${sum.bytesOut}`,
  ])
  gauge(
    'slipway_bandwidth_utilization_ratio',
    'Bandwidth consumed over bandwidth provisioned.',
    of.use.bandwidth,
  )
  const { instance } = of
  const cpu = 'CPU time used over time passed, over all workers; 1 is one whole core.'
  gauge('slipway_cpu_utilization_ratio', cpu, of.use.cpu, { instance })
  const memory = 'Resident memory of all workers over memory available to the process.'
  gauge('slipway_memory_utilization_ratio', memory, of.use.memory, { instance })
  family('slipway_rows_total', 'counter', 'Rows scored.', [`slipway_rows_total ${sum.rows}`])
  const batch = 'slipway_batch_rows'
  family(batch, 'histogram', 'Rows of a scored request.', histogramLines(batch, sum.batchRows, {}))
  gauge('slipway_inflight_requests', 'Requests with rows or feedback being answered.', of.inflight)
  const queue = 'slipway_queue_seconds'
  const queueHelp = 'Time from arrival of a request to the start of its scoring.'
  family(queue, 'histogram', queueHelp, histogramLines(queue, sum.queue, {}))
  const thread = 'slipway_thread_batch_rows'
  const threadHelp = 'Rows, of one or several requests, that the scoring thread takes at once.'
  family(thread, 'histogram', threadHelp, histogramLines(thread, sum.threadRows, {}))
  gauge('slipway_queued_rows', 'Rows that wait for the scoring thread.', of.queuedRows)
  gauge('slipway_workers', 'Processes that answer requests.', of.workers)

  family(
    'slipway_version_rows_total',
    'counter',
    'Rows answered by each version.',
    each(({ metrics, role }, pairs) => [
      `slipway_version_rows_total${labels({ ...pairs, role })} ${metrics.rows}`,
    ]),
  )
  family(
    'slipway_version_responses_total',
    'counter',
    'Responses of each version.',
    each((one, pairs) =>
      (answersOrDid(one) ? responsesOf(one.metrics) : []).map(([status, count]) => {
        const known = labels({ ...pairs, role: one.role, status_code: String(status) })
        return `slipway_version_responses_total${known} ${count}`
      }),
    ),
  )
  const perVersion = 'slipway_version_latency_seconds'
  family(
    perVersion,
    'histogram',
    'Time to a successful answer of each version.',
    each((one, pairs) =>
      answersOrDid(one) ? histogramLines(perVersion, one.metrics.success, { ...pairs, role: one.role }) : [],
    ),
  )
  const shadow = (name: string, help: string, value: (one: TrafficMetrics['shadow']) => number) =>
    family(
      name,
      'counter',
      help,
      each(({ metrics, role }, pairs) =>
        role === 'shadow' || metrics.shadow.rows + metrics.shadow.dropped > 0
          ? [`${name}${labels(pairs)} ${value(metrics.shadow)}`]
          : [],
      ),
    )
  shadow('slipway_shadow_rows_total', 'Rows scored by the shadow version.', (one) => one.rows)
  const disagreement = 'Rows for which the shadow predicts another class, or a number more than 1 % apart.'
  shadow('slipway_shadow_disagreements_total', disagreement, (one) => one.disagreements)
  const difference = 'Sum of the absolute differences between the scores of shadow and answer.'
  shadow('slipway_shadow_difference_total', difference, (one) => one.difference)
  const dropped = 'Requests that the shadow did not score: too many waited, or it refused them.'
  shadow('slipway_shadow_dropped_total', dropped, (one) => one.dropped)
  return `${lines.join('\n')}\n`
}
