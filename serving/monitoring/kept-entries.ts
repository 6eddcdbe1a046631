import { cursorOf, type EventLog, type EventLogOptions, openEventLog } from './event-log.ts'

/**
 * What `/monitoring/predictions` tells: logged predictions and feedback, each kept in a log of its own, so that many
 * predictions never push out feedback that was acknowledged. One cursor runs over both.
 */
export interface KeptEntries {
  readonly predictions: EventLog
  readonly feedback: EventLog
  /** Up to `limit` lines later than the cursor, oldest first, and the cursor to go on from. */
  since(cursor: number, limit: number): Promise<{ lines: string[]; next: number }>
  close(): Promise<void>
}

/** A million predictions are some 200 MB, four million outcomes some 400 MB. */
const segments = { predictions: 64, feedback: 256 }

/** @param options of both logs, but for tests */
export async function openKeptEntries(
  stateFolder: string,
  onError?: (error: unknown) => void,
  options: Pick<EventLogOptions, 'segmentLines'> & Partial<typeof segments> = {},
): Promise<KeptEntries> {
  const numbering = { next: 1 }
  const openLog = (name: 'predictions' | 'feedback') =>
    openEventLog(`${stateFolder}/${name}`, {
      numbering,
      segments: options[name] ?? segments[name],
      ...(options.segmentLines === undefined ? {} : { segmentLines: options.segmentLines }),
      ...(onError === undefined ? {} : { onError }),
    })
  const [predictions, feedback] = await Promise.all([openLog('predictions'), openLog('feedback')])
  return {
    predictions,
    feedback,
    async since(cursor, limit) {
      // What is appended while we read may be found in one log and not yet in the other: it belongs to the next page.
      const end = numbering.next
      const found = await Promise.all([predictions.since(cursor, limit), feedback.since(cursor, limit)])
      const lines = found
        .flat()
        .map((line) => ({ line, at: cursorOf(line) }))
        .filter(({ at }) => at < end)
        .sort((a, b) => a.at - b.at)
        .slice(0, limit)
      return { lines: lines.map(({ line }) => line), next: lines.at(-1)?.at ?? Math.max(cursor, 0) }
    },
    async close() {
      await Promise.all([predictions.close(), feedback.close()])
    },
  }
}
