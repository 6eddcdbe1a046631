import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import type { Batch } from '../../shared/features/batch.ts'
import type { Predictions } from '../../shared/models/predictor.ts'
import type { LoadedModel } from '../bundle/load-model.ts'
import { Refusal } from '../http/refusal.ts'
import type { Tally } from '../monitoring/tally.ts'
import type { RequestRows } from '../rows/request-rows.ts'
import type { Batching } from '../settings.ts'
import { assertWithinRange, compileDecoding, type ScoredRows } from './score-rows.ts'
import type { ScorerAnswer, ScorerRequest, ScorerStart } from './scorer-thread.ts'
import type { Scoring } from './scoring.ts'

interface Waiting {
  batch: Batch
  resolve(rows: ScoredRows): void
  reject(error: unknown): void
}

/** Rows of a request in buffers of their own: the decoder uses its buffers again for the next request. */
const copyOf = ({ rows, columns }: Batch): Batch => ({
  rows,
  columns: columns.map((column) => column.slice(0, rows)),
})

/** Several requests' rows, one after another. */
function join(parts: readonly Batch[], rows: number): Batch['columns'] {
  const [first] = parts
  if (!first || parts.length === 1) return first?.columns ?? []
  return first.columns.map((column, c) => {
    const joined = column instanceof Int32Array ? new Int32Array(rows) : new Float64Array(rows)
    let at = 0
    for (const part of parts) {
      joined.set(part.columns[c]!, at)
      at += part.rows
    }
    return joined
  })
}

/** The thread's program: its own source, or the one file of a bundle. */
const threadFile = import.meta.filename.endsWith('.ts')
  ? fileURLToPath(new URL('./scorer-thread.ts', import.meta.url))
  : import.meta.filename

/**
 * Scores on a thread, in batches of rows from several requests: a batch goes out when it is full, when its first row
 * has waited long enough, or at once while the thread has nothing to do and nothing else arrives in that time.
 * Answers come in the order of the requests. Rows are decoded, and refused, in the request's own turn.
 */
export async function batchedScoring(model: LoadedModel, batching: Batching, tally: Tally): Promise<Scoring> {
  const decode = compileDecoding(model)
  const start: ScorerStart = { slipway: 'scorer', folder: model.folder }
  const thread = new Worker(threadFile, { workerData: start })
  let queue: Waiting[] = []
  let queuedRows = 0
  let timer: NodeJS.Timeout | null = null
  let nextId = 0
  let broken: Error | null = null
  const out = new Map<number, Waiting[]>()

  const send = () => {
    if (timer) clearTimeout(timer)
    timer = null
    while (queue.length > 0) {
      const parts: Waiting[] = []
      let rows = 0
      for (
        let one = queue[0];
        one && (rows === 0 || rows + one.batch.rows <= batching.rows);
        one = queue[0]
      ) {
        rows += one.batch.rows
        parts.push(one)
        queue.shift()
      }
      const columns = join(
        parts.map(({ batch }) => batch),
        rows,
      )
      const request: ScorerRequest = { id: ++nextId, rows, columns }
      out.set(request.id, parts)
      thread.postMessage(request)
    }
  }
  const answer = ({ id, scores, classIndexes }: ScorerAnswer) => {
    const parts = out.get(id) ?? []
    out.delete(id)
    const { task } = model.signature
    const outputs = parts.length === 0 ? 1 : scores.length / classIndexes.length
    let at = 0
    for (const { batch, resolve, reject } of parts) {
      const predictions: Predictions = {
        task,
        rows: batch.rows,
        outputs,
        scores: scores.subarray(at * outputs, (at + batch.rows) * outputs),
        classIndexes: classIndexes.subarray(at, at + batch.rows),
      }
      at += batch.rows
      queuedRows -= batch.rows
      tally.now.queuedRows -= batch.rows
      try {
        assertWithinRange(model, { batch, predictions })
        resolve({ batch, predictions })
      } catch (error) {
        reject(error)
      }
    }
  }
  const fail = (error: Error) => {
    broken = error
    for (const { reject } of [...queue, ...[...out.values()].flat()]) reject(error)
    tally.now.queuedRows -= queuedRows
    queuedRows = 0
    queue = []
    out.clear()
  }
  await new Promise<void>((resolve, reject) => {
    thread.once('error', reject)
    thread.once('message', () => resolve())
  })
  thread.removeAllListeners('error')
  thread.on('error', fail)
  thread.on('exit', () => fail(new Error('The scoring thread ended.')))
  thread.on('message', answer)
  thread.unref()

  return {
    kind: 'deferred',
    score(rows: RequestRows) {
      if (broken) throw broken
      if (queuedRows + rows.rows > batching.queuedRows && queuedRows > 0) {
        throw new Refusal(503, 'overloaded', `${queuedRows} rows wait to be scored already.`)
      }
      const batch = copyOf(decode(rows))
      queuedRows += batch.rows
      tally.now.queuedRows += batch.rows
      return new Promise<ScoredRows>((resolve, reject) => {
        queue.push({ batch, resolve, reject })
        const waiting = queue.reduce((sum, one) => sum + one.batch.rows, 0)
        if (waiting >= batching.rows) send()
        else timer ??= setTimeout(send, batching.waitMs)
      })
    },
    close() {
      // What was asked is answered first; the thread holds no process open.
      const end = () => {
        if (queue.length + out.size > 0 && !broken) {
          setTimeout(end, 20).unref()
          return
        }
        thread.removeAllListeners('exit')
        void thread.terminate()
      }
      end()
    },
  }
}
