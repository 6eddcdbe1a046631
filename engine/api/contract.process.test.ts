/** The same calls over both carriers of the contract, against the services of a real workspace. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createORPCClient, ORPCError } from '@orpc/client'
import { RPCLink as PortLink } from '@orpc/client/message-port'
import { RPCLink as SocketLink } from '@orpc/client/websocket'
import type { ContractRouterClient } from '@orpc/contract'
import { RPCHandler } from '@orpc/server/message-port'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { contract } from '../../shared/contract/contract.ts'
import { customJsonSerializers } from '../../shared/contract/json-serializers.ts'
import type { NotebookEvent } from '../../shared/contract/notebook.ts'
import type { FailureData } from '../../shared/failure.ts'
import { serializeNotebook } from '../../shared/notebook/codec.ts'
import { trainedModel } from '../catalog/testing/trained-model.ts'
import { startHttpHost } from '../host/http-host.ts'
import { createServices, type Services } from '../services.ts'
import { createRouter, type EngineRouter } from './router.ts'

type Client = ContractRouterClient<typeof contract>
interface Carried {
  client: Client
  /** Cuts the connection off, as a closed window does. */
  drop(): void
  close(): Promise<void>
}

/** As in the desktop app: one end of the channel stays with the engine. */
async function overMessageChannel(router: EngineRouter): Promise<Carried> {
  const { port1, port2 } = new MessageChannel()
  new RPCHandler(router, { customJsonSerializers }).upgrade(port1, { context: {} })
  port1.start()
  port2.start()
  return {
    client: createORPCClient(new PortLink({ port: port2, customJsonSerializers })),
    drop: () => port2.close(),
    async close() {
      port1.close()
      port2.close()
    },
  }
}

async function overWebSocket(router: EngineRouter): Promise<Carried> {
  const host = await startHttpHost({ router, rendererFolder: tmpdir(), port: 0, token: 'right' })
  const socket = new WebSocket(`ws://127.0.0.1:${host.port}/rpc?token=right`)
  await new Promise((resolve) => socket.addEventListener('open', resolve, { once: true }))
  return {
    client: createORPCClient(new SocketLink({ websocket: socket, customJsonSerializers })),
    drop: () => socket.close(),
    close: () => host.close(),
  }
}

const notebook = serializeNotebook({
  cells: [
    { id: 'doubled', kind: 'sql', name: 'doubled', source: 'select n * 2 as n2 from numbers' },
    {
      id: 'total',
      kind: 'typescript',
      name: '',
      source: 'const [row] = await sql`select sum(n2)::int as s from doubled`\nrow.s',
    },
    { id: 'wrong', kind: 'sql', name: '', source: 'select nothing from doubled' },
  ],
})

/** The failure a call is answered with, as the window reads it. */
async function failureOf(call: Promise<unknown>): Promise<FailureData> {
  const error: unknown = await call.then(
    () => new Error('The call succeeded.'),
    (reason: unknown) => reason,
  )
  if (error instanceof ORPCError && error.defined && error.code === 'FAILURE') return error.data
  throw error
}

const carriers = { 'a MessageChannel': overMessageChannel, 'a WebSocket': overWebSocket }

describe.each(Object.entries(carriers))('over %s', (_, connect) => {
  let home: string
  let folder: string
  let services: Services
  let watching: number
  let carried: Carried
  let client: Client
  const stateBefore = process.env.SLIPWAY_STATE

  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'slipway-contract-'))
    folder = join(home, 'work space')
    process.env.SLIPWAY_STATE = join(home, 'state')
    const real = createServices({ shell: 'browser' })
    watching = 0
    services = {
      ...real,
      changes: {
        ...real.changes,
        watch(listener) {
          watching += 1
          const unwatch = real.changes.watch(listener)
          return () => {
            watching -= 1
            unwatch()
          }
        },
      },
    }
    carried = await connect(createRouter(services))
    client = carried.client
    await client.workspace.create({ path: folder })
  })
  afterEach(async () => {
    await carried.close()
    await services.close()
    if (stateBefore === undefined) delete process.env.SLIPWAY_STATE
    else process.env.SLIPWAY_STATE = stateBefore
    await rm(home, { recursive: true, force: true })
  })

  test('a workspace is opened, with its files and relations', async () => {
    await writeFile(join(folder, 'people.csv'), 'name,age\nAnn,30\nBob,\n')
    expect(await client.workspace.open({ path: folder })).toMatchObject({ path: folder, name: 'work space' })
    expect(await client.workspace.current()).toMatchObject({ path: folder })
    expect((await client.workspace.files()).map(({ path, kind }) => [path, kind])).toContainEqual([
      'people.csv',
      'data',
    ])
    expect(await client.data.importPath({ path: 'people.csv' })).toMatchObject({ name: 'people', rows: 2 })
    const people = (await client.data.relations()).find(({ name }) => name === 'people')
    expect(people).toMatchObject({ kind: 'table', rows: 2, columns: [{ name: 'name' }, { name: 'age' }] })
    expect(await client.data.window({ relation: 'people', offset: 1, limit: 5 })).toMatchObject({
      rows: [['Bob', null]],
      total: 2,
    })
  })

  test('a file is uploaded in chunks, byte for byte', async () => {
    const text = `n,word\n${Array.from({ length: 5000 }, (_, n) => `${n},"naïve ☃ ${n}"`).join('\n')}\n`
    const bytes = new TextEncoder().encode(text)
    const half = 30_001
    const upload = { id: 'upload-0001', name: 'words.csv' }
    const first = new Blob([bytes.slice(0, half)])
    expect(await client.data.upload({ ...upload, offset: 0, chunk: first, last: false })).toEqual({
      received: half,
      relation: null,
    })
    const second = new Blob([bytes.slice(half)])
    expect(await client.data.upload({ ...upload, offset: half, chunk: second, last: true })).toMatchObject({
      received: bytes.length,
      relation: { name: 'words', rows: 5000 },
    })
    const { rows } = await client.data.window({ relation: 'words', offset: 4999, limit: 1 })
    expect(rows).toEqual([[4999, 'naïve ☃ 4999']])
  })

  test('what is changed about a model says why, also an alias that goes and gates that are edited', async () => {
    await services.opened().catalog.register(trainedModel('churn'))
    await client.models.setAlias({ name: 'churn', alias: 'champion', version: 1, why: 'the first' })
    await client.models.setAlias({ name: 'churn', alias: 'champion', version: null, why: 'leaked target' })
    await client.bundles.setGates({ name: 'churn', gates: ['auc >= 0.8'], why: 'agreed with risk' })
    expect(await client.bundles.gates({ name: 'churn' })).toEqual(['auc >= 0.8'])
    const history = await client.models.history({ name: 'churn' })
    expect(history.map(({ why, event }) => [event.type, why])).toEqual([
      ['alias', 'the first'],
      ['alias', 'leaked target'],
      ['gates', 'agreed with risk'],
    ])
  })

  test('a notebook runs, and its events tell all of it', async () => {
    await writeFile(join(folder, 'numbers.csv'), 'n\n1\n2\n3\n')
    await writeFile(join(folder, 'n.ipynb'), notebook)
    await client.data.importPath({ path: 'numbers.csv' })
    const events: NotebookEvent[] = []
    const stopped = new AbortController()
    const stream = await client.notebook.events({ path: 'n.ipynb' }, { signal: stopped.signal })
    await client.notebook.run({ path: 'n.ipynb', what: { type: 'all' } })
    for await (const event of stream) {
      events.push(event)
      if (event.type === 'running' && !event.running) break
    }
    expect(events[0]).toMatchObject({ type: 'document', view: { path: 'n.ipynb' } })
    const last = new Map(
      events.flatMap((event) => (event.type === 'state' ? [[event.id, event.state.status]] : [])),
    )
    expect(Object.fromEntries(last)).toEqual({ doubled: 'done', total: 'done', wrong: 'failed' })
    const { cells } = await client.notebook.open({ path: 'n.ipynb' })
    expect(cells.map(({ outputs }) => outputs[0])).toMatchObject([
      { type: 'relation', relation: 'doubled', rows: 3 },
      { type: 'text', text: '12' },
      { type: 'error', message: expect.stringContaining('nothing') },
    ])
  })

  test('an expected failure arrives as the typed error, with what to do', async () => {
    expect(await failureOf(client.data.window({ relation: 'gone', offset: 0, limit: 1 }))).toMatchObject({
      code: 'not-found',
      message: expect.stringContaining('gone'),
      whatToDo: expect.stringMatching(/./),
    })
    await writeFile(join(folder, 'broken.ipynb'), '{"cells": [')
    expect(await failureOf(client.notebook.open({ path: 'broken.ipynb' }))).toMatchObject({
      code: 'invalid-input',
      message: expect.stringContaining('broken.ipynb'),
    })
    const late = (async () => {
      for await (const event of await client.notebook.events({ path: 'missing.ipynb' })) return event
    })()
    expect(await failureOf(late)).toMatchObject({ code: 'not-found' })
  })

  test('input that is none is refused before any service sees it', async () => {
    const call = client.data.window({ relation: 'x', offset: -1, limit: 1 })
    expect(await failureOf(call)).toEqual({
      code: 'invalid-input',
      message: 'The request data.window: offset: expected a number of at least 0, found -1.',
      whatToDo: 'Change "offset" and try again.',
      path: 'offset',
    })
  })

  test('a subscription ends on both sides when the connection drops', async () => {
    const stream = await client.workspace.changes()
    const seen: string[] = []
    const reading = (async () => {
      for await (const { area } of stream) seen.push(area)
    })().catch(() => undefined)
    await expect.poll(() => watching).toBe(1)
    services.changes.emit('models')
    await expect.poll(() => seen).toEqual(['models'])
    carried.drop()
    await reading
    await expect.poll(() => watching).toBe(0)
  })
})
