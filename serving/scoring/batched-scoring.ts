import { setTimeout as pause } from 'node:timers/promises'
import type { Worker } from 'node:worker_threads'
import type { Batch } from '../../shared/features/batch.ts'
import { joinBatches } from '../../shared/features/join-batches.ts'
import type { Predictions } from '../../shared/models/predictor.ts'
import type { LoadedModel } from '../bundle/load-model.ts'
import { Refusal } from '../http/refusal.ts'
import type { Tally } from '../monitoring/tally.ts'
import type { RequestRows } from '../rows/request-rows.ts'
import type { Batching } from '../settings.ts'
import { assertWithinRange, compileDecoding, type ScoredRows } from './score-rows.ts'
import type { ScorerAnswer, ScorerRequest } from './scorer-messages.ts'
import type { Scoring } from './scoring.ts'
import { startScorer } from './start-scorer.ts'

interface Waiting {
  batch: Batch
  resolve(rows: ScoredRows): void
  reject(error: unknown): void
}

/** Requests that one batch is made of. */
interface Sent {
  request: ScorerRequest
  parts: readonly Waiting[]
  /** A batch that was with a thread when it ended is given to the next one once. */
  again: boolean
}

/** Batches that are with the thread at once: it never waits for this one, and later requests join the next batch. */
const withThread = 2
const firstDelayMs = 100
const longestDelayMs = 10_000

/**
 * Scores on a thread, in batches of rows from several requests. A batch goes out when it is full, or when its first row
 * has waited long enough and the thread has room; while the thread is busy, what arrives makes up the next batch.
 * Answers come in the order of the requests. Rows are decoded, and refused, in the request's own turn.
 *
 * A thread that ends is started again, later each time it ends at once. What waits goes on waiting; a batch that was
 * with it is scored once more, and refused if that ends the thread again.
 */
export async function batchedScoring(
  model: LoadedModel,
  batching: Batching,
  parts: { tally: Tally; onThreadEnd: (error: Error) => void; startThread?: () => Promise<Worker> },
): Promise<Scoring> {
  const { tally, onThreadEnd, startThread = () => startScorer(model.folder) } = parts
  const decode = compileDecoding(model)
  const counts = tally.version(model)
  /** Null while the thread is being started again. */
  let thread: Worker | null = null
  const queue: Waiting[] = []
  let waitingRows = 0
  /** Rows that wait or are with the thread. */
  let unansweredRows = 0
  let timer: NodeJS.Timeout | null = null
  let nextId = 0
  let closed = false
  const out = new Map<number, Sent>()

  const settle = (one: Waiting) => {
    unansweredRows -= one.batch.rows
    tally.now.queuedRows -= one.batch.rows
  }
  const sendOne = (to: Worker) => {
    const parts: Waiting[] = []
    let rows = 0
    for (let one = queue[0]; one && (rows === 0 || rows + one.batch.rows <= batching.rows); one = queue[0]) {
      rows += one.batch.rows
      parts.push(one)
      queue.shift()
    }
    waitingRows -= rows
    const [first] = parts
    const batch =
      first && parts.length === 1
        ? first.batch
        : joinBatches(
            model.pipeline,
            parts.map((part) => part.batch),
          )
    const request: ScorerRequest = { id: ++nextId, batch }
    out.set(request.id, { request, parts, again: false })
    counts.batched(rows)
    to.postMessage(request)
  }
  /** Sends what is due. @param waited the first row has waited its time */
  const send = (waited: boolean) => {
    while (thread && queue.length > 0 && out.size < withThread && (waited || waitingRows >= batching.rows)) {
      if (timer) clearTimeout(timer)
      timer = null
      sendOne(thread)
    }
    if (thread && queue.length > 0 && out.size < withThread && timer === null) {
      timer = setTimeout(() => {
        timer = null
        send(true)
      }, batching.waitMs)
    }
  }
  const answer = ({ id, scores, classIndexes }: ScorerAnswer) => {
    const found = out.get(id)
    if (!found) return
    out.delete(id)
    // What arrived meanwhile has waited for the thread.
    send(true)
    const { task } = model.signature
    const outputs = scores.length / classIndexes.length
    let at = 0
    for (const one of found.parts) {
      const { batch, resolve, reject } = one
      const predictions: Predictions = {
        task,
        rows: batch.rows,
        outputs,
        scores: scores.subarray(at * outputs, (at + batch.rows) * outputs),
        classIndexes: classIndexes.subarray(at, at + batch.rows),
      }
      at += batch.rows
      settle(one)
      try {
        assertWithinRange(model, { batch, predictions })
        resolve({ batch, predictions })
      } catch (error) {
        reject(error)
      }
    }
  }
  const restart = async (error: Error) => {
    thread = null
    onThreadEnd(error)
    for (const [id, sent] of out) {
      if (!sent.again) continue
      out.delete(id)
      for (const one of sent.parts) {
        settle(one)
        one.reject(error)
      }
    }
    for (let delay = firstDelayMs; !closed; delay = Math.min(delay * 2, longestDelayMs)) {
      await pause(delay, undefined, { ref: false })
      const next = await startThread().catch(onThreadEnd)
      if (!next) continue
      use(next)
      return
    }
  }
  const use = (next: Worker) => {
    if (closed) {
      void next.terminate()
      return
    }
    let ended = false
    const end = (error: Error) => {
      if (ended || closed) return
      ended = true
      void restart(error)
    }
    next.on('error', end)
    next.on('exit', () => end(new Error('The scoring thread ended.')))
    next.on('message', answer)
    thread = next
    for (const sent of out.values()) {
      sent.again = true
      next.postMessage(sent.request)
    }
    send(true)
  }
  use(await startThread())

  return {
    kind: 'deferred',
    score(rows: RequestRows) {
      if (unansweredRows + rows.rows > batching.queuedRows && unansweredRows > 0) {
        throw new Refusal(503, 'overloaded', `${unansweredRows} rows wait to be scored already.`)
      }
      // The decoder uses its buffers again for the next request.
      const batch = joinBatches(model.pipeline, [decode(rows)])
      unansweredRows += batch.rows
      tally.now.queuedRows += batch.rows
      return new Promise<ScoredRows>((resolve, reject) => {
        queue.push({ batch, resolve, reject })
        waitingRows += batch.rows
        send(false)
      })
    },
    close() {
      // What was asked is answered first; the thread holds no process open.
      const end = () => {
        if (queue.length + out.size > 0) {
          setTimeout(end, 20).unref()
          return
        }
        closed = true
        if (timer) clearTimeout(timer)
        void thread?.terminate()
      }
      end()
    },
  }
}
