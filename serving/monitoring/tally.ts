/** HOT: counts every request and row of one process (benchmark: bench/serving.ts). */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { ColumnCounts } from '../../shared/drift/baseline.ts'
import { type Counter, compileCounter } from '../../shared/drift/count.ts'
import { latencyBounds } from '../../shared/drift/window.ts'
import type { LoadedModel } from '../bundle/load-model.ts'
import type { Protocol } from '../http/refusal.ts'
import type { ScoredRows } from '../scoring/score-rows.ts'
import {
  createTrafficMetrics,
  isIdle,
  observe,
  type ShadowMetrics,
  slotOf,
  type TrafficMetrics,
} from './traffic-metrics.ts'

/** What one version did in one window, in one process, since the last report. */
export interface VersionReport {
  model: { name: string; version: number }
  /** Counted of answers, or of rows scored on a copy of the traffic: the two never share a window. */
  as: 'answers' | 'shadow'
  layoutHash: string
  /** Start of the window, milliseconds since the epoch. */
  start: number
  metrics: TrafficMetrics
  features: ColumnCounts[]
  outputs: ColumnCounts[]
}

/** Everything a process counted since its last report. Reports are added up, so none may be taken twice. */
export interface TallyReport {
  versions: VersionReport[]
  inflight: number
  queuedRows: number
  cpuSeconds: number
  memoryBytes: number
  /** The largest delay of the event loop in milliseconds. */
  eventLoopDelayMs: number
}

/** The counters of one version. */
export interface VersionTally {
  /** Counts a scored request. @param queueSeconds from its arrival to the start of scoring */
  scored(rows: ScoredRows, queueSeconds: number): void
  /** Counts the answer to a prediction request. */
  answered(protocol: Protocol, status: number, seconds: number, bytesIn: number, bytesOut: number): void
  /** Counts a batch of one or several requests' rows that goes to the scoring thread. */
  batched(rows: number): void
  /** Counts rows scored on a copy of the traffic, which are no answers. */
  shadowed(rows: ScoredRows, compared: Omit<ShadowMetrics, 'rows' | 'dropped'>): void
  dropped(): void
}

export interface Tally {
  /** Gauges that the server keeps up to date. */
  readonly now: { inflight: number; queuedRows: number }
  version(model: LoadedModel): VersionTally
  /** @param idle also of versions that saw no traffic, so that their open window can be shown */
  take(idle?: boolean): TallyReport
  close(): void
}

interface Counting {
  /** No more of the model than its name: a version that was swapped out must not stay in memory. */
  about: Pick<VersionReport, 'model' | 'as' | 'layoutHash'>
  counter: Counter
  metrics: TrafficMetrics
}

export function createTally(windowSeconds: number, now: () => number = Date.now): Tally {
  const windowMs = windowSeconds * 1000
  const startOf = (time: number) => Math.round(Math.floor(time / windowMs) * windowMs)
  const tallies = new Map<string, VersionTally>()
  const counted: Counting[] = []
  const delay = monitorEventLoopDelay({ resolution: 20 })
  delay.enable()
  let start = startOf(now())
  let end = start + windowMs
  let cpu = { user: 0, system: 0 }
  /** Reports of windows that ended since the last report was taken. */
  let ended: VersionReport[] = []
  const gauges = { inflight: 0, queuedRows: 0 }

  const harvest = (idle: boolean) => {
    for (const counting of counted) {
      if ((!idle || counting.about.as === 'shadow') && isIdle(counting.metrics)) continue
      const { about, counter, metrics } = counting
      ended.push({ ...about, start, metrics, ...counter.counts() })
      counter.reset()
      counting.metrics = createTrafficMetrics()
    }
  }
  const roll = (time: number) => {
    harvest(false)
    start = startOf(time)
    end = start + windowMs
  }

  /** @param of what is counted with; a version that shadows and then answers has two of them */
  function begin(of: Parameters<typeof compileCounter>[0], about: Counting['about']): Counting {
    const counting = { about, counter: compileCounter(of), metrics: createTrafficMetrics() }
    counted.push(counting)
    return counting
  }

  function createVersionTally(model: LoadedModel): VersionTally {
    const of = {
      layouts: {
        features: model.baseline.features.map((column) => column.layout),
        outputs: model.baseline.outputs.map((column) => column.layout),
      },
      pipeline: model.pipeline,
      classes: model.signature.target.classes ?? [],
    }
    const about = {
      model: { name: model.name, version: model.version },
      layoutHash: model.baseline.layoutHash,
    }
    const counting = begin(of, { ...about, as: 'answers' })
    const { counter } = counting
    let shadowing: Counting | null = null
    const shadow = (): Counting => {
      shadowing ??= begin(of, { ...about, as: 'shadow' })
      return shadowing
    }
    const tally: VersionTally = {
      scored({ batch, predictions }, queueSeconds) {
        const time = now()
        if (time >= end) roll(time)
        counter.addFeatures(batch)
        counter.addOutputs(predictions)
        const { metrics } = counting
        metrics.rows += batch.rows
        const rowSlot = slotOf(metrics.batchRows.bounds, batch.rows)
        metrics.batchRows.counts[rowSlot] = (metrics.batchRows.counts[rowSlot] ?? 0) + 1
        metrics.batchRows.sum += batch.rows
        const slot = slotOf(latencyBounds, queueSeconds)
        metrics.queue.counts[slot] = (metrics.queue.counts[slot] ?? 0) + 1
        metrics.queue.sum += queueSeconds
      },
      answered(protocol, status, seconds, bytesIn, bytesOut) {
        const time = now()
        if (time >= end) roll(time)
        const { metrics } = counting
        metrics.requests[protocol]++
        metrics.responses.set(status, (metrics.responses.get(status) ?? 0) + 1)
        const latency = status < 400 ? metrics.success : metrics.failure
        const slot = slotOf(latencyBounds, seconds)
        latency.counts[slot] = (latency.counts[slot] ?? 0) + 1
        latency.sum += seconds
        metrics.bytesIn += bytesIn
        metrics.bytesOut += bytesOut
      },
      batched(rows) {
        observe(counting.metrics.threadRows, rows)
      },
      shadowed({ batch, predictions }, { disagreements, difference }) {
        const time = now()
        if (time >= end) roll(time)
        const copies = shadow()
        copies.counter.addFeatures(batch)
        copies.counter.addOutputs(predictions)
        const { shadow: sums } = copies.metrics
        sums.rows += batch.rows
        sums.disagreements += disagreements
        sums.difference += difference
      },
      dropped() {
        shadow().metrics.shadow.dropped++
      },
    }
    return tally
  }

  return {
    now: gauges,
    version(model) {
      const key = `${model.name}:${model.version}:${model.baseline.layoutHash}`
      const tally = tallies.get(key) ?? createVersionTally(model)
      tallies.set(key, tally)
      return tally
    },
    take(idle = false) {
      const time = now()
      if (time >= end) roll(time)
      harvest(idle)
      const used = process.cpuUsage()
      const report: TallyReport = {
        versions: ended,
        ...gauges,
        cpuSeconds: (used.user - cpu.user + used.system - cpu.system) / 1e6,
        memoryBytes: process.memoryUsage.rss(),
        eventLoopDelayMs: delay.max > 0 ? delay.max / 1e6 : 0,
      }
      ended = []
      cpu = used
      delay.reset()
      return report
    },
    close() {
      delay.disable()
    },
  }
}
