import { Failure, type FailureData, failureFromData } from '../../shared/failure.ts'
import type { Grant } from '../http/rates.ts'
import type { FieldProblem, RefusalCode } from '../http/refusal.ts'
import { Refusal } from '../http/refusal.ts'
import type { FeedbackAnswer, FeedbackItem } from '../monitoring/feedback.ts'
import type { Page } from '../monitoring/ledger.ts'
import type { ProcessUsage, ServingProcess } from '../monitoring/process-usage.ts'
import type { TallyReport } from '../monitoring/tally.ts'
import type { Settings } from '../settings.ts'
import type { RoleChange, RoleName, Roles, RolesDescription } from '../versions/roles.ts'

/** What a worker counted and logged since it was last asked. */
export interface Taken {
  report: TallyReport
  /** Log entries: the JSON object's inside after the cursor. */
  entries: string[]
}

export interface WorkerStart {
  settings: Settings
  slipwayVersion: string
  instance: string
  idPrefix: string
  /** How many share the port. */
  workers: number
  roles: Roles
}

/** What workers ask of the primary process, which owns the state folder and the roles. */
export interface PrimaryCalls {
  feedback: { asks: readonly FeedbackItem[]; answers: FeedbackAnswer }
  windows: { asks: { since: number; limit: number }; answers: Page }
  predictions: { asks: { since: number; limit: number }; answers: Page }
  metrics: { asks: null; answers: string }
  rate: { asks: { client: string; wanted: number }; answers: Grant }
  describe: { asks: null; answers: RolesDescription }
  change: { asks: RoleChange; answers: RolesDescription }
  drain: { asks: null; answers: null }
  resize: { asks: number; answers: null }
  processes: { asks: null; answers: ServingProcess[] }
}

/** What the primary asks of a worker. */
export interface WorkerCalls {
  start: { asks: WorkerStart; answers: null }
  /** @param idle and @param all as of `Tally.take` and `PredictionSample.take` */
  take: { asks: { idle: boolean; all: boolean }; answers: Taken }
  processMetrics: { asks: null; answers: object }
  usage: { asks: null; answers: ProcessUsage }
  prepare: { asks: { roles: Roles; named: readonly RoleName[] }; answers: null }
  commit: { asks: null; answers: RolesDescription }
  drain: { asks: null; answers: null }
  announce: { asks: null; answers: null }
  stopListening: { asks: null; answers: null }
  /** Answers once every request is, with the last counts. */
  finish: { asks: null; answers: Taken }
}

type AnyCalls<C> = { [K in keyof C]: { asks: unknown; answers: unknown } }

export type Handlers<C extends AnyCalls<C>> = {
  [K in keyof C]: (asked: C[K]['asks']) => Promise<C[K]['answers']>
}

type Problem =
  | { kind: 'failure'; data: FailureData }
  | { kind: 'refusal'; status: number; code: RefusalCode; message: string; fields: readonly FieldProblem[] }
  | { kind: 'error'; message: string }

/** What crosses between the processes, which run the same file. */
export type Envelope =
  | { slipway: 'call'; id: number; name: string; asked: unknown }
  | { slipway: 'answer'; id: number; value: unknown }
  | { slipway: 'problem'; id: number; problem: Problem }

function problemOf(error: unknown): Problem {
  if (error instanceof Failure) return { kind: 'failure', data: error.toData() }
  if (error instanceof Refusal) {
    const { status, code, message, fields } = error
    return { kind: 'refusal', status, code, message, fields }
  }
  return { kind: 'error', message: error instanceof Error ? (error.stack ?? error.message) : String(error) }
}

function errorOf(problem: Problem): Error {
  switch (problem.kind) {
    case 'failure':
      return failureFromData(problem.data)
    case 'refusal':
      return new Refusal(problem.status, problem.code, problem.message, problem.fields)
    case 'error':
      return new Error(problem.message)
  }
}

const isEnvelope = (message: unknown): message is Envelope =>
  typeof message === 'object' && message !== null && 'slipway' in message

/** One end of a channel between primary and worker: calls with answers, over Node's ordered messages. */
export interface Calls<Theirs extends AnyCalls<Theirs>> {
  call<K extends keyof Theirs & string>(name: K, asked: Theirs[K]['asks']): Promise<Theirs[K]['answers']>
  receive(message: unknown): void
  /** The other process is gone: open calls are refused. */
  end(reason: string): void
}

export function createCalls<Ours extends AnyCalls<Ours>, Theirs extends AnyCalls<Theirs>>(
  send: (envelope: Envelope) => void,
  handlers: Handlers<Ours>,
): Calls<Theirs> {
  const open = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>()
  let next = 0
  let ended: string | null = null
  const handle = async (id: number, name: string, asked: unknown) => {
    try {
      const handler = (handlers as Record<string, ((asked: unknown) => Promise<unknown>) | undefined>)[name]
      if (!handler) throw new Error(`There is no call ${name}.`)
      send({ slipway: 'answer', id, value: await handler(asked) })
    } catch (error) {
      send({ slipway: 'problem', id, problem: problemOf(error) })
    }
  }
  return {
    call(name, asked) {
      if (ended !== null) return Promise.reject(new Error(ended))
      const id = ++next
      return new Promise((resolve, reject) => {
        open.set(id, { resolve: (value) => resolve(value as never), reject })
        send({ slipway: 'call', id, name, asked })
      })
    },
    receive(message) {
      if (!isEnvelope(message)) return
      if (message.slipway === 'call') {
        void handle(message.id, message.name, message.asked)
        return
      }
      const waiting = open.get(message.id)
      open.delete(message.id)
      if (message.slipway === 'answer') waiting?.resolve(message.value)
      else waiting?.reject(errorOf(message.problem))
    },
    end(reason) {
      ended = reason
      for (const { reject } of open.values()) reject(new Error(reason))
      open.clear()
    },
  }
}
