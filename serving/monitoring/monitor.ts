import { randomBytes } from 'node:crypto'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { type Counter, compileCounter } from '../../shared/drift/count.ts'
import { latencyBounds, type Window } from '../../shared/drift/window.ts'
import type { LoadedModel } from '../bundle/load-model.ts'
import type { ScoredRows } from '../score-rows.ts'
import type { Settings } from '../settings.ts'
import { type EventLog, openEventLog } from './event-log.ts'
import { type Ids, openIds } from './ids.ts'
import { createTrafficMetrics, observe, slotOf, type TrafficMetrics } from './traffic-metrics.ts'
import { openWindowFile } from './window-file.ts'

/** Everything a deployment counts and keeps about its traffic. */
export interface Monitor {
  readonly instance: string
  readonly metrics: TrafficMetrics
  readonly ids: Ids
  readonly log: EventLog
  /** Whether the prediction of one more row may be logged in this second. */
  mayLog(): boolean
  /** Counts a scored request. @param queueSeconds from its arrival to the start of scoring */
  scored(rows: ScoredRows, queueSeconds: number): void
  /** Counts the answer to a prediction request. */
  answered(status: number, seconds: number, bytesIn: number, bytesOut: number): void
  /**
   * Windows later than the cursor as NDJSON lines: closed ones, which are on disk, then the open one when it is included.
   * `next` is the last closed window's cursor, so that the open one comes again.
   */
  windows(since: number, limit: number): Promise<{ lines: string[]; next: number }>
  /** Closes the open window and brings everything to disk. */
  close(): Promise<void>
}

interface OpenWindow {
  start: number
  requests: number
  rows: number
  statuses: Map<number, number>
  latency: number[]
  latencySum: number
  bytesIn: number
  bytesOut: number
  cpu: NodeJS.CpuUsage
}

function beginWindow(start: number): OpenWindow {
  return {
    start,
    requests: 0,
    rows: 0,
    statuses: new Map(),
    latency: new Array(latencyBounds.length + 1).fill(0),
    latencySum: 0,
    bytesIn: 0,
    bytesOut: 0,
    cpu: process.cpuUsage(),
  }
}

export interface MonitorOptions {
  settings: Pick<Settings, 'stateFolder' | 'instance' | 'windowSeconds' | 'loggedRowsPerSecond'>
  onError: (error: unknown) => void
  now?: () => number
}

/** What waits in memory at most while the disk takes nothing: log entries, and closed windows. */
const waitingEntries = 100_000
const waitingWindows = 1_000

/**
 * Opens the state folder and begins counting.
 *
 * Windows begin at whole multiples of their length. A window in which no request arrived is not kept:
 * it has nothing to count, and an idle deployment must not fill the disk.
 */
export async function openMonitor(model: LoadedModel, options: MonitorOptions): Promise<Monitor> {
  const { settings, onError, now = Date.now } = options
  const [file, log] = await Promise.all([
    openWindowFile(settings.stateFolder),
    openEventLog(`${settings.stateFolder}/predictions`, { onError }),
  ])
  const ids = await openIds(settings.stateFolder)
  const instance = settings.instance === '' ? randomBytes(6).toString('hex') : settings.instance
  const counter: Counter = compileCounter({
    layouts: {
      features: model.baseline.features.map((column) => column.layout),
      outputs: model.baseline.outputs.map((column) => column.layout),
    },
    pipeline: model.pipeline,
    classes: model.signature.target.classes ?? [],
  })
  const delay = monitorEventLoopDelay({ resolution: 20 })
  delay.enable()

  const metrics = createTrafficMetrics()
  const windowMs = settings.windowSeconds * 1000
  const startOf = (time: number) => Math.floor(time / windowMs) * windowMs
  let current = beginWindow(Math.round(startOf(now())))
  /** Closed windows on their way to disk count as taken. */
  let nextCursor = file.next
  const closed: Window[] = []
  let writing: Promise<void> = Promise.resolve()
  let logSecond = 0
  let logged = 0

  const snapshot = (open: boolean, end: number): Window => {
    const used = process.cpuUsage(current.cpu)
    return {
      cursor: nextCursor,
      instance,
      model: { name: model.name, version: model.version },
      layoutHash: model.baseline.layoutHash,
      start: current.start,
      end,
      open,
      requests: current.requests,
      rows: current.rows,
      statuses: Object.fromEntries([...current.statuses].map(([status, n]) => [String(status), n])),
      latency: current.latency,
      latencySum: current.latencySum,
      bytesIn: current.bytesIn,
      bytesOut: current.bytesOut,
      cpuSeconds: (used.user + used.system) / 1e6,
      memoryBytes: process.memoryUsage.rss(),
      eventLoopDelayMs: delay.max > 0 ? delay.max / 1e6 : 0,
      ...counter.counts(),
    }
  }

  /** A window that could not be written is tried again at the next one's turn. */
  const writeClosed = () => {
    writing = writing
      .then(async () => {
        for (let window = closed[0]; window; window = closed[0]) {
          await file.append(window)
          closed.shift()
        }
      })
      .catch(onError)
  }

  const closeWindow = (end: number) => {
    if (current.requests > 0) {
      const window = snapshot(false, end)
      nextCursor++
      closed.push(window)
      if (closed.length > waitingWindows) closed.shift()
      writeClosed()
    }
    counter.reset()
    delay.reset()
  }

  const roll = () => {
    const time = now()
    if (time < current.start + windowMs) return
    closeWindow(Math.round(current.start + windowMs))
    current = beginWindow(Math.round(startOf(time)))
  }
  const timer = setInterval(roll, Math.min(1000, windowMs / 4))
  timer.unref()

  return {
    instance,
    metrics,
    ids,
    log,
    mayLog() {
      return log.pending < waitingEntries && ++logged <= settings.loggedRowsPerSecond
    },
    scored({ batch, predictions }, queueSeconds) {
      const time = now()
      if (time >= current.start + windowMs) roll()
      const second = Math.floor(time / 1000)
      if (second !== logSecond) {
        logSecond = second
        logged = 0
      }
      counter.addFeatures(batch)
      counter.addOutputs(predictions)
      current.rows += batch.rows
      metrics.rows += batch.rows
      observe(metrics.batchRows, batch.rows)
      observe(metrics.queue, queueSeconds)
    },
    answered(status, seconds, bytesIn, bytesOut) {
      if (now() >= current.start + windowMs) roll()
      current.requests++
      current.statuses.set(status, (current.statuses.get(status) ?? 0) + 1)
      const slot = slotOf(latencyBounds, seconds)
      current.latency[slot] = (current.latency[slot] ?? 0) + 1
      current.latencySum += seconds
      current.bytesIn += bytesIn
      current.bytesOut += bytesOut
      metrics.responses.set(status, (metrics.responses.get(status) ?? 0) + 1)
      observe(status < 400 ? metrics.success : metrics.failure, seconds)
      metrics.bytesIn += bytesIn
      metrics.bytesOut += bytesOut
    },
    async windows(since, limit) {
      roll()
      // What is answered as closed is on disk: the caller will not ask for it again.
      await writing
      const kept = await file.since(since, limit)
      const last = /^\{"cursor":(\d+)/.exec(kept.at(-1) ?? '')?.[1]
      const next = last === undefined ? since : Number(last)
      if (kept.length >= limit) return { lines: kept, next }
      return { lines: [...kept, JSON.stringify(snapshot(true, Math.round(now())))], next }
    },
    async close() {
      clearInterval(timer)
      delay.disable()
      closeWindow(Math.max(Math.round(now()), current.start))
      await writing
      await log.close()
    },
  }
}
