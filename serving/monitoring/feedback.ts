import { describeFound } from '../../shared/signature/read-value.ts'
import type { Label, Signature } from '../../shared/signature/signature.ts'
import { type FieldProblem, invalidRequest, Refusal } from '../http/refusal.ts'
import type { EventLog } from './event-log.ts'
import type { Ids } from './ids.ts'

/** One item of a feedback request. */
export interface FeedbackItem {
  id: string
  actual: Label
  at: number
}

export interface FeedbackAnswer {
  accepted: number
  /** Ids that were issued neither here nor by a replica that shares our key. */
  unknown: string[]
}

export interface Feedback {
  /**
   * Keeps what really happened. It is on disk when this resolves; a repeat of what is known changes nothing,
   * and a different actual of the same id takes the place of the earlier one.
   */
  accept(items: readonly FeedbackItem[]): Promise<FeedbackAnswer>
}

/** Actuals held in memory to recognise repeats; a repeat of an older one is stored once more, which does no harm. */
const remembered = 200_000

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** @throws Refusal 400 naming the item whose id, actual or time cannot be read */
export function readFeedback(body: unknown, signature: Signature, now: number): FeedbackItem[] {
  const list = isRecord(body) ? body.feedback : undefined
  if (!Array.isArray(list)) throw invalidRequest('The body must be {"feedback":[{"id":…,"actual":…}]}.')
  const { classes } = signature.target
  const expected = classes ? `one of ${classes.map((label) => JSON.stringify(label)).join(', ')}` : 'a number'
  const problems: FieldProblem[] = []
  const items: FeedbackItem[] = []
  for (const [row, entry] of list.entries()) {
    if (!isRecord(entry)) {
      problems.push({
        row,
        column: '',
        expected: 'an object with id and actual',
        found: describeFound(entry),
      })
      continue
    }
    const { id, actual, at } = entry
    if (typeof id !== 'string')
      problems.push({ row, column: 'id', expected: 'a string', found: describeFound(id) })
    const fits = classes ? classes.some((label) => label === actual) : Number.isFinite(actual)
    const label = typeof actual === 'string' || typeof actual === 'number' || typeof actual === 'boolean'
    if (!fits || !label) problems.push({ row, column: 'actual', expected, found: describeFound(actual) })
    const time = at === undefined ? now : typeof at === 'string' ? Date.parse(at) : Number.NaN
    if (Number.isNaN(time))
      problems.push({ row, column: 'at', expected: 'an ISO 8601 time', found: describeFound(at) })
    if (typeof id === 'string' && label && fits && !Number.isNaN(time)) items.push({ id, actual, at: time })
  }
  if (problems.length > 0) {
    throw new Refusal(400, 'invalid_rows', 'Feedback cannot be read.', problems.slice(0, 100))
  }
  return items
}

export function createFeedback(parts: { ids: Pick<Ids, 'issued'>; log: EventLog }): Feedback {
  const { ids, log } = parts
  let known: Promise<Map<string, string>> | null = null

  // Read at the first feedback, not at start, which it would slow down.
  const load = async () => {
    const actuals = new Map<string, string>()
    for await (const line of log.newest(remembered)) {
      const match = /"type":"feedback","id":("[^"]*"),"at":-?\d+,"actual":(.*)\}$/.exec(line)
      if (match) remember(actuals, String(match[1]).slice(1, -1), String(match[2]))
    }
    return actuals
  }
  const remember = (actuals: Map<string, string>, id: string, actual: string) => {
    actuals.delete(id)
    actuals.set(id, actual)
    if (actuals.size > remembered) {
      const oldest = actuals.keys().next()
      if (!oldest.done) actuals.delete(oldest.value)
    }
  }

  return {
    async accept(items) {
      const unknown: string[] = []
      known ??= load()
      const actuals = await known
      let accepted = 0
      for (const { id, actual, at } of items) {
        if (!ids.issued(id)) {
          unknown.push(id)
          continue
        }
        accepted++
        const text = JSON.stringify(actual)
        if (actuals.get(id) === text) continue
        remember(actuals, id, text)
        log.append(`"type":"feedback","id":"${id}","at":${at},"actual":${text}`)
      }
      // Also for repeats: the first one's write may still be under way, or have failed.
      await log.flush()
      return { accepted, unknown }
    },
  }
}
