import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import { join } from 'node:path'
import type { FastifyBaseLogger } from 'fastify'
import { afterAll, afterEach, beforeAll } from 'vitest'
import type { Label, Task } from '../../shared/signature/signature.ts'
import type { FieldProblem } from '../http/refusal.ts'
import { type RunningServer, serve } from '../serve.ts'
import { defaultSettings, type Settings } from '../settings.ts'
import { type WrittenBundle, writeBundle } from './write-bundle.ts'

export interface ServersUnderTest {
  /** A bundle of a sample model for each task. */
  bundles: Record<Task, WrittenBundle>
  /** Serves on a free port and gives the endpoint; every server is stopped after its test. */
  start(task?: Task, settings?: Partial<Settings>, logger?: FastifyBaseLogger): Promise<string>
  /** A folder name for state that outlives one server. */
  stateFolder(name: string): string
  stopLast(): Promise<void>
  /** Probabilities as `/predict` gives them. */
  keyed(task: Task): Record<string, number>[] | undefined
}

/** Real servers over real HTTP for the tests of one file. */
export function serversUnderTest(): ServersUnderTest {
  const bundles = {} as Record<Task, WrittenBundle>
  let state: string
  let states = 0
  let running: RunningServer[] = []
  beforeAll(async () => {
    for (const task of ['binary', 'multiclass', 'regression'] as const)
      bundles[task] = await writeBundle(task)
    state = await mkdtemp(join(os.tmpdir(), 'slipway-state-'))
  })
  afterEach(async () => {
    for (const server of running) await server.stop()
    running = []
  })
  afterAll(async () => {
    for (const bundle of Object.values(bundles)) await bundle.remove()
    await rm(state, { recursive: true, force: true })
  })
  return {
    bundles,
    stateFolder: (name) => join(state, name),
    async start(task = 'binary', settings = {}, logger) {
      const own: Settings = {
        ...defaultSettings,
        port: 0,
        logLevel: 'error',
        lingerSeconds: 0,
        stateFolder: join(state, String(++states)),
      }
      const server = await serve(bundles[task].folder, { ...own, ...settings }, '0.0.1', logger)
      running.push(server)
      return `http://127.0.0.1:${server.port}`
    },
    async stopLast() {
      await running.pop()?.stop()
    },
    keyed(task) {
      const { sample } = bundles[task]
      const classes = sample.signature.target.classes ?? []
      return sample.probabilities?.map((row) =>
        Object.fromEntries(row.map((value, k) => [String(classes[k]), value])),
      )
    },
  }
}

/** Every key that some answer has; a test reads those of the answer it asked for. */
export interface AnswerBody {
  prediction: Label[]
  probabilities: Record<string, number>[]
  ids: string[]
  model: { name: string; version: number }
  error: { code: string; message: string; fields: FieldProblem[]; requestId: string }
  predictions: Label[]
  error_code: string
  message: string
  outputs: { name: string; data: unknown[] }[]
}

export async function post(
  url: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<{ status: number; headers: Response['headers']; body: AnswerBody }> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
  const answer: AnswerBody = JSON.parse(await response.text())
  return { status: response.status, headers: response.headers, body: answer }
}

/** The values of an NDJSON answer. */
export const lines = async (url: string): Promise<unknown[]> =>
  (await (await fetch(url)).text())
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
