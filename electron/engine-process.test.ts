import type { MessagePortMain } from 'electron'
import { expect, test } from 'vitest'
import { type EngineStop, startEngine } from './engine-process.ts'
import { fakeElectron } from './testing/fake-electron.ts'

function engine(workspace: string | null = '/home/ada/churn') {
  const fake = fakeElectron()
  const stops: EngineStop[] = []
  const clock = { time: 0 }
  const own = startEngine({
    utilityProcess: fake.electron.utilityProcess,
    entry: '/app/dist/engine/engine.mjs',
    workspace,
    onStopped: (stop) => stops.push(stop),
    now: () => clock.time,
    patienceMs: 20,
  })
  return { ...fake, own, stops, clock }
}

const port = (name: string) => ({ name }) as unknown as MessagePortMain
const ready = { type: 'engine-ready' }

test('the engine starts as a utility process with the workspace as its argument', () => {
  expect(engine().processes[0]).toMatchObject({
    script: '/app/dist/engine/engine.mjs',
    args: ['/home/ada/churn'],
    options: { serviceName: 'Slipway engine' },
  })
  expect(engine(null).processes[0]?.args).toEqual([])
})

test('ports wait until the engine answers calls, later ones go at once', () => {
  const { own, processes } = engine()
  own.connect(port('first'))
  expect(processes[0]?.posted).toEqual([])
  processes[0]?.emit('message', ready)
  own.connect(port('second'))
  expect(processes[0]?.posted).toEqual([
    { message: { type: 'connect-window' }, ports: [{ name: 'first' }] },
    { message: { type: 'connect-window' }, ports: [{ name: 'second' }] },
  ])
})

test('it is started again after a crash, with what it last said', () => {
  const { own, processes, stops } = engine()
  processes[0]?.emit('message', ready)
  processes[0]?.stderr.emit('data', new TextEncoder().encode('out of memory\n\n'))
  processes[0]?.emit('exit', 134)
  expect(processes).toHaveLength(2)
  expect(stops).toEqual([{ code: 134, detail: 'out of memory', restarted: true }])
  own.connect(port('again'))
  expect(processes[1]?.posted).toEqual([])
  processes[1]?.emit('message', ready)
  expect(processes[1]?.posted).toHaveLength(1)
})

test('after four stops within a minute it is left until someone asks', () => {
  const { own, processes, stops } = engine()
  for (let i = 0; i < 4; i++) processes[i]?.emit('exit', 1)
  expect(processes).toHaveLength(4)
  expect(stops.map((stop) => stop.restarted)).toEqual([true, true, true, false])
  own.restart()
  own.restart()
  expect(processes).toHaveLength(5)
})

test('stops that lie far apart are each started again', () => {
  const { processes, clock } = engine()
  for (let i = 0; i < 6; i++) {
    clock.time += 61_000
    processes[i]?.emit('exit', 1)
  }
  expect(processes).toHaveLength(7)
})

test('it starts programs through the shell, and they end with it', () => {
  const { processes } = engine()
  processes[0]?.emit('message', {
    type: 'start-process',
    id: 'shop',
    script: '/b/server.mjs',
    args: [],
    env: {},
    cwd: '/b',
  })
  expect(processes[1]?.script).toBe('/b/server.mjs')
  processes[1]?.spawn(7)
  expect(processes[0]?.posted).toContainEqual({
    message: { type: 'process-started', id: 'shop', pid: 7 },
    ports: [],
  })
  processes[0]?.emit('exit', 1)
  expect(processes[1]?.killed).toBe(true)
})

test('messages of any other form are not acted on', () => {
  const { processes } = engine()
  processes[0]?.emit('message', { type: 'start-process', id: 'x', script: '/b/server.mjs' })
  processes[0]?.emit('message', 'engine-ready')
  processes[0]?.emit('message', null)
  expect(processes).toHaveLength(1)
})

test('stop asks it to end and does not start it again', async () => {
  const { own, processes, stops } = engine()
  await own.stop()
  expect(processes).toHaveLength(1)
  expect(processes[0]?.killed).toBe(true)
  expect(stops).toEqual([])
})

test('an engine that does not end is not waited for longer than promised', async () => {
  const { own, processes } = engine()
  processes[0]!.onKill = () => undefined
  await own.stop()
  expect(processes[0]?.killed).toBe(true)
})
