import { Worker } from 'node:worker_threads'
import { decode } from '../../../shared/decode.ts'
import { Failure } from '../../../shared/failure.ts'
import type { Output } from '../../../shared/notebook/cell-state.ts'
import type { AskingCell } from '../registering/register-model.ts'
import { buffersIn } from '../registering/transferred.ts'
import { type FromSession, fromSessionSchema, type ToSession } from './session-protocol.ts'
import type { SessionQueries, SessionRequest } from './session-queries.ts'

export type CellCode = Omit<Extract<ToSession, { type: 'run' }>, 'type' | 'run'>

/** What user code did wrong: a failure with its own stack. */
export class CellError extends Failure {
  readonly details: string
  constructor(message: string, whatToDo: string, details: string) {
    super('failed', message, whatToDo)
    this.details = details
  }
}

/** One notebook's worker thread; started by the first TypeScript cell, started anew after it ended. */
export interface TypescriptSession {
  /** Rejects with `CellError` for what the code threw, Failure `cancelled` after `stop`. */
  run(code: CellCode, cell: AskingCell, onOutput: (output: Output) => void): Promise<void>
  forget(cell: string): void
  /** Asks by failing the queries, then ends the thread. Answers when nothing runs any more. */
  stop(): Promise<void>
  close(): Promise<void>
}

export interface TypescriptSessionDependencies {
  queries: SessionQueries
  /** All exported values are gone: the thread ended. */
  onLost: () => void
  /** How long code may take to end by itself after it was asked to. */
  graceMs?: number
}

const workerFile = new URL(
  import.meta.url.endsWith('.ts') ? './session-worker.ts' : './session-worker.mjs',
  import.meta.url,
)

interface Running {
  run: number
  cell: AskingCell
  onOutput(output: Output): void
  /** What the cell was warned of: a loop that predicts says it once. */
  warned: Set<string>
  resolve(): void
  reject(error: unknown): void
  ended: Promise<void>
}

function toFailure(error: unknown): Failure {
  if (error instanceof Failure) return error
  return new Failure('failed', error instanceof Error ? error.message : String(error), 'Try again.')
}

export function createTypescriptSession(dependencies: TypescriptSessionDependencies): TypescriptSession {
  const { queries, onLost, graceMs = 80 } = dependencies
  let worker: Worker | null = null
  let running: Running | null = null
  let runs = 0
  /** Aborted when the cell is to stop: what works for it outside DuckDB asks this. */
  let stopping = new AbortController()

  const warn = ({ warned, onOutput }: Running, text: string) => {
    if (warned.has(text)) return
    warned.add(text)
    onOutput({ type: 'text', stream: 'stderr', text: `${text}\n`, omitted: 0 })
  }

  const answer = async (from: Worker, request: SessionRequest) => {
    const send = (message: ToSession, transfer: ArrayBuffer[] = []) => from.postMessage(message, transfer)
    try {
      const asked = running
      if (!asked) throw new Failure('cancelled', 'The cell that asked has ended.', 'Wait for it with await.')
      const value = await queries.answer(
        request,
        (rows) => send({ type: 'rows', request: request.request, rows }),
        (text) => warn(asked, text),
        stopping.signal,
        asked.cell,
      )
      const transfer = buffersIn(request.type, value)
      send({ type: 'answer', request: request.request, ok: true, value }, transfer)
    } catch (error) {
      send({ type: 'answer', request: request.request, ok: false, failure: toFailure(error).toData() })
    }
  }

  const settle = (message: Extract<FromSession, { type: 'done' | 'failed' }>) => {
    if (running?.run !== message.run) return
    if (message.type === 'done') running.resolve()
    else if (message.cancelled) running.reject(new Failure('cancelled', message.message, message.whatToDo))
    else running.reject(new CellError(message.message, message.whatToDo, message.details))
    running = null
  }

  const receive = (from: Worker, value: unknown) => {
    const message = decode(fromSessionSchema, value, 'A message of the notebook session')
    if ('request' in message) void answer(from, message)
    else if (message.type === 'output') {
      if (running?.run === message.run) running.onOutput(message.output)
    } else settle(message)
  }

  const ended = (which: Worker, reason: Failure) => {
    if (worker !== which) return
    worker = null
    running?.reject(reason)
    running = null
    onLost()
  }

  const start = (): Worker => {
    const started = new Worker(workerFile, { stdout: true, stderr: true })
    started.on('message', (value: unknown) => {
      try {
        receive(started, value)
      } catch (error) {
        running?.reject(error)
        running = null
      }
    })
    const died = (what: string) =>
      ended(
        started,
        new Failure(
          'failed',
          `The notebook's session ended: ${what}.`,
          'Run the cells again; a new session starts by itself.',
        ),
      )
    started.on('error', (error) => died(error instanceof Error ? error.message : String(error)))
    started.on('exit', (code) => died(`exit code ${code}`))
    started.unref()
    return started
  }

  const terminate = async () => {
    const old = worker
    if (!old) return
    ended(old, new Failure('cancelled', 'The cell was stopped.', 'Run it again when you need it.'))
    await old.terminate()
  }

  return {
    run(code, cell, onOutput) {
      worker ??= start()
      const target = worker
      runs += 1
      const run = runs
      stopping = new AbortController()
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      running = {
        run,
        cell,
        onOutput,
        warned: new Set(),
        resolve,
        reject,
        ended: promise.catch(() => undefined),
      }
      target.ref()
      target.postMessage({ type: 'run', run, ...code } satisfies ToSession)
      return promise.finally(() => target.unref())
    },
    forget: (cell) => worker?.postMessage({ type: 'forget', cell } satisfies ToSession),
    async stop() {
      if (!running) return
      stopping.abort()
      const { ended: finished } = running
      const grace = new Promise<'late'>((resolve) => setTimeout(resolve, graceMs, 'late'))
      const late = await Promise.race([finished, grace])
      if (late === 'late') await terminate()
    },
    close: terminate,
  }
}
