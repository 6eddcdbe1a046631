import { randomBytes } from 'node:crypto'
import type { AnswerSink } from '../http/answer-writer.ts'
import type { Settings } from '../settings.ts'
import type { FeedbackAnswer, FeedbackItem } from './feedback.ts'
import type { IdSeries } from './ids.ts'
import { openLedger, type Page, type RoleOf } from './ledger.ts'
import { createPredictionSample, type PredictionSample } from './prediction-sample.ts'
import { loadProcessMetrics, type ProcessMetrics } from './process-metrics.ts'
import { createTally, type Tally } from './tally.ts'

/**
 * Everything a deployment counts and keeps about its traffic, as the routes see it: the same whether one process
 * answers or several share the port.
 */
export interface Monitor extends AnswerSink {
  readonly instance: string
  readonly tally: Tally
  /** Prometheus text. */
  metrics(): Promise<string>
  /**
   * Windows later than the cursor as NDJSON lines: closed ones, which are on disk, then the open ones.
   * `next` is the last closed window's cursor, so that the open ones come again.
   */
  windows(since: number, limit: number): Promise<Page>
  predictions(since: number, limit: number): Promise<Page>
  /** On disk when it resolves. */
  feedback(items: readonly FeedbackItem[]): Promise<FeedbackAnswer>
  /** Closes the open windows and brings everything to disk. */
  close(): Promise<void>
}

export interface MonitorOptions {
  settings: Pick<
    Settings,
    'stateFolder' | 'instance' | 'idKey' | 'windowSeconds' | 'loggedRowsPerSecond' | 'bandwidthMbps'
  >
  roleOf: RoleOf
  onError: (error: unknown) => void
  now?: () => number
}

/** Log entries that wait in memory at most while nobody takes them: the disk is full, or the primary busy. */
const waitingEntries = 100_000

/** The ids of a process, and which of its predictions are logged. @param elsewhere how many entries wait behind the sample */
export function createAnswerSink(
  ids: IdSeries,
  sample: PredictionSample,
  elsewhere: () => number = () => 0,
): AnswerSink {
  return {
    begin: sample.begin,
    nextId: ids.next,
    logsIt: () => sample.wants(ids.hash) && sample.waiting + elsewhere() < waitingEntries,
    log: sample.add,
  }
}

/** A name for a deployment's process that has been given none. */
export const instanceName = (settings: Pick<Settings, 'instance'>): string =>
  settings.instance === '' ? randomBytes(6).toString('hex') : settings.instance

/** Opens the state folder and begins counting, for a server of one process. */
export async function openMonitor(options: MonitorOptions): Promise<Monitor> {
  const { settings, roleOf, onError, now = Date.now } = options
  const instance = instanceName(settings)
  const ledger = await openLedger({ settings, instance, roleOf, onError, now })
  const tally = createTally(settings.windowSeconds, now)
  const sample = createPredictionSample(settings.loggedRowsPerSecond, now)
  const log = (all: boolean) => {
    for (const entry of sample.take(all)) ledger.log.append(entry)
  }
  const collect = (idle = false) => {
    log(false)
    ledger.add(0, tally.take(idle))
    ledger.closeWindows(now())
  }
  const timer = setInterval(() => collect(), Math.min(1000, settings.windowSeconds * 250))
  timer.unref()
  let processMetrics: Promise<ProcessMetrics> | null = null
  const loadSoon = setTimeout(() => {
    processMetrics ??= loadProcessMetrics()
  }, 1000)
  loadSoon.unref()

  return {
    instance,
    tally,
    ...createAnswerSink(ledger.ids, sample, () => ledger.log.pending),
    async metrics() {
      processMetrics ??= loadProcessMetrics()
      const metrics = await processMetrics
      const ofProcess = await metrics.text([await metrics.values()])
      // Also of versions that no request reached yet: their counters begin at 0.
      collect(true)
      return ledger.metrics() + ofProcess
    },
    windows(since, limit) {
      collect(true)
      return ledger.windows(since, limit)
    },
    predictions(since, limit) {
      log(true)
      return ledger.predictions(since, limit)
    },
    feedback(items) {
      log(false)
      return ledger.feedback(items)
    },
    async close() {
      clearInterval(timer)
      clearTimeout(loadSoon)
      tally.close()
      log(true)
      ledger.add(0, tally.take())
      await ledger.close()
    },
  }
}
