import { mergeCounts } from '../../shared/drift/count-slots.ts'
import type { Window, WindowRole } from '../../shared/drift/window.ts'
import type { Settings } from '../settings.ts'
import type { EventLog } from './event-log.ts'
import { createFeedback, type FeedbackAnswer, type FeedbackItem } from './feedback.ts'
import { type Ids, openIds } from './ids.ts'
import { openKeptEntries } from './kept-entries.ts'
import { metricsText, type Role } from './metrics-text.ts'
import type { TallyReport, VersionReport } from './tally.ts'
import { addMetrics, createTrafficMetrics, isIdle, type TrafficMetrics } from './traffic-metrics.ts'
import { createUtilisationMeter } from './utilisation.ts'
import { openWindowFile } from './window-file.ts'

/** What a version is to the server now. */
export type RoleOf = (name: string, version: number) => Role

/** A page of NDJSON lines and the cursor to go on from. */
export interface Page {
  lines: string[]
  next: number
}

/**
 * The one owner of a state folder: adds up what the processes report, and keeps windows, logged predictions and
 * feedback on disk.
 */
export interface Ledger {
  readonly ids: Ids
  /** Of predictions. */
  readonly log: Pick<EventLog, 'append' | 'pending'>
  /** @param from the process that counted it; memory and gauges are of its last report */
  add(from: number, report: TallyReport): void
  /** The process is gone; its gauges no longer count. */
  forget(from: number): void
  /** Closes windows that ended before `time`. Reports that come later count into the window then open. */
  closeWindows(time: number): void
  /** An open window that saw nothing is left out for a version that does not answer. */
  windows(since: number, limit: number): Promise<Page>
  predictions(since: number, limit: number): Promise<Page>
  feedback(items: readonly FeedbackItem[]): Promise<FeedbackAnswer>
  metrics(): string
  /** Closes every open window and brings everything to disk. */
  close(): Promise<void>
}

export interface LedgerOptions {
  settings: Pick<Settings, 'stateFolder' | 'idKey' | 'windowSeconds' | 'bandwidthMbps'>
  instance: string
  roleOf: RoleOf
  onError: (error: unknown) => void
  now?: () => number
}

interface OpenWindow extends VersionReport {
  role: WindowRole
  cpuSeconds: number
  eventLoopDelayMs: number
}

/** Closed windows that wait in memory at most while the disk takes nothing. */
const waitingWindows = 1_000

function addReport(into: VersionReport, from: VersionReport): void {
  addMetrics(into.metrics, from.metrics)
  into.features = into.features.map((counts, i) => mergeCounts(counts, from.features[i]!))
  into.outputs = into.outputs.map((counts, i) => mergeCounts(counts, from.outputs[i]!))
}

type Version = Pick<VersionReport, 'model' | 'layoutHash'>
const keyOf = ({ model, layoutHash }: Version) => `${model.name}:${model.version}:${layoutHash}`

/**
 * Opens the state folder.
 *
 * Windows begin at whole multiples of their length, one for each version that saw traffic. A window without any is
 * not kept: it has nothing to count, and an idle deployment must not fill the disk.
 */
export async function openLedger(options: LedgerOptions): Promise<Ledger> {
  const { settings, instance, roleOf, onError, now = Date.now } = options
  const [file, entries] = await Promise.all([
    openWindowFile(settings.stateFolder),
    openKeptEntries(settings.stateFolder, onError),
  ])
  const ids = await openIds(settings.stateFolder, settings.idKey)
  const feedback = createFeedback({ ids, log: entries.feedback })
  const windowMs = settings.windowSeconds * 1000
  const measure = createUtilisationMeter(settings.bandwidthMbps)

  const totals = new Map<string, { name: string; version: number; metrics: TrafficMetrics }>()
  /** As what each version answered last: what a retired one still reports was counted as that. */
  const answeredAs = new Map<string, WindowRole>()
  const processes = new Map<number, { inflight: number; queuedRows: number; memoryBytes: number }>()
  let cpuSeconds = 0
  /** CPU time that no window has been charged with yet. */
  let cpuPending = 0
  let open: OpenWindow[] = []
  /** Reports for windows that were closed before they came count from here on. */
  let closedUntil = 0
  /** Closed windows on their way to disk count as taken. */
  let nextCursor = file.next
  const closed: Window[] = []
  let writing: Promise<void> = Promise.resolve()

  const roleFor = (version: VersionReport): WindowRole => {
    if (version.as === 'shadow') return 'shadow'
    const now = roleOf(version.model.name, version.model.version)
    if (now === 'active' || now === 'canary') answeredAs.set(keyOf(version), now)
    return answeredAs.get(keyOf(version)) ?? 'active'
  }
  const memoryBytes = () => {
    let sum = 0
    for (const each of processes.values()) sum += each.memoryBytes
    return sum
  }
  const windowOf = (of: OpenWindow, cursor: number, end: number, isOpen: boolean): Window => {
    const { metrics } = of
    const responses = [...metrics.responses]
    return {
      cursor,
      instance,
      model: of.model,
      role: of.role,
      layoutHash: of.layoutHash,
      start: of.start,
      end,
      open: isOpen,
      requests: responses.reduce((sum, [, count]) => sum + count, 0),
      rows: metrics.rows + metrics.shadow.rows,
      statuses: Object.fromEntries(responses.map(([status, count]) => [String(status), count])),
      latency: Array.from(
        metrics.success.counts,
        (count, slot) => count + (metrics.failure.counts[slot] ?? 0),
      ),
      latencySum: metrics.success.sum + metrics.failure.sum,
      bytesIn: metrics.bytesIn,
      bytesOut: metrics.bytesOut,
      cpuSeconds: of.cpuSeconds,
      memoryBytes: memoryBytes(),
      eventLoopDelayMs: of.eventLoopDelayMs,
      features: of.features,
      outputs: of.outputs,
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
  const closeWhere = (due: (window: OpenWindow) => boolean, end: (window: OpenWindow) => number) => {
    const ending = open.filter(due).sort((a, b) => a.start - b.start)
    if (ending.length === 0) return
    open = open.filter((window) => !due(window))
    for (const window of ending) {
      if (isIdle(window.metrics)) continue
      closed.push(windowOf(window, nextCursor++, end(window), false))
      closedUntil = Math.max(closedUntil, window.start + windowMs)
      if (closed.length > waitingWindows) closed.shift()
    }
    writeClosed()
  }

  return {
    ids,
    log: entries.predictions,
    add(from, report) {
      processes.set(from, report)
      cpuSeconds += report.cpuSeconds
      cpuPending += report.cpuSeconds
      for (const version of report.versions) {
        const key = keyOf(version)
        const total = totals.get(key) ?? { ...version.model, metrics: createTrafficMetrics() }
        addMetrics(total.metrics, version.metrics)
        totals.set(key, total)
        const start = Math.max(version.start, Math.round(Math.floor(closedUntil / windowMs) * windowMs))
        const role = roleFor(version)
        let window = open.find((each) => each.start === start && each.role === role && keyOf(each) === key)
        if (window) addReport(window, version)
        else {
          window = { ...version, start, role, cpuSeconds: 0, eventLoopDelayMs: 0 }
          open.push(window)
        }
        window.cpuSeconds += cpuPending
        cpuPending = 0
        window.eventLoopDelayMs = Math.max(window.eventLoopDelayMs, report.eventLoopDelayMs)
      }
    },
    forget(from) {
      processes.delete(from)
    },
    closeWindows(time) {
      closeWhere(
        (window) => window.start + windowMs <= time,
        (window) => Math.round(window.start + windowMs),
      )
    },
    async windows(since, limit) {
      // What is answered as closed is on disk: the caller will not ask for it again.
      await writing
      const kept = await file.since(since, limit)
      const last = /^\{"cursor":(\d+)/.exec(kept.at(-1) ?? '')?.[1]
      const next = last === undefined ? since : Number(last)
      if (kept.length >= limit) return { lines: kept, next }
      const end = Math.round(now())
      const answers = ['active', 'canary']
      const shown = open.filter(
        ({ metrics, model }) => !isIdle(metrics) || answers.includes(roleOf(model.name, model.version)),
      )
      const still = shown.map((window, i) =>
        JSON.stringify(windowOf(window, nextCursor + i, Math.max(end, window.start), true)),
      )
      return { lines: [...kept, ...still], next }
    },
    predictions: entries.since,
    async feedback(items) {
      // What was logged before goes to disk with it: an outcome is worth little without its prediction.
      const [answer] = await Promise.all([feedback.accept(items), entries.predictions.flush()])
      return answer
    },
    metrics() {
      const versions = [...totals.values()].map((one) => ({ ...one, role: roleOf(one.name, one.version) }))
      let inflight = 0
      let queuedRows = 0
      for (const each of processes.values()) {
        inflight += each.inflight
        queuedRows += each.queuedRows
      }
      const bytes = versions.reduce((sum, { metrics }) => sum + metrics.bytesIn + metrics.bytesOut, 0)
      const use = measure({ cpuSeconds, memoryBytes: memoryBytes(), bytes })
      return metricsText({ versions, use, instance, inflight, queuedRows, workers: processes.size })
    },
    async close() {
      const time = Math.round(now())
      closeWhere(
        () => true,
        (window) => Math.max(Math.min(time, window.start + windowMs), window.start),
      )
      await writing
      await entries.close()
    },
  }
}
