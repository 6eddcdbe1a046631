import { expect, test } from 'vitest'
import {
  type ProcessEvent,
  type ProcessRequest,
  processEventSchema,
} from '../shared/contract/process-port.ts'
import { createProcessHost } from './process-host.ts'
import { fakeElectron } from './testing/fake-electron.ts'

const request: Extract<ProcessRequest, { type: 'start-process' }> = {
  type: 'start-process',
  id: 'shop',
  script: '/bundles/churn-1/server.mjs',
  args: ['--port', '8101'],
  env: { SLIPWAY_STATE: '/state' },
  cwd: '/bundles/churn-1',
}

function host() {
  const fake = fakeElectron()
  const events: ProcessEvent[] = []
  return {
    ...fake,
    events,
    host: createProcessHost(fake.electron.utilityProcess, (event) =>
      events.push(processEventSchema.parse(event)),
    ),
  }
}

test('a program runs as a utility process with just the environment that was asked for', () => {
  const { host: own, processes, events } = host()
  own.handle(request)
  expect(processes[0]).toMatchObject({ script: request.script, args: request.args })
  expect(processes[0]?.options).toMatchObject({
    env: request.env,
    cwd: request.cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  processes[0]?.spawn(4711)
  expect(events).toEqual([{ type: 'process-started', id: 'shop', pid: 4711 }])
})

test('its output is passed on, whole characters at a time', () => {
  const { host: own, processes, events } = host()
  own.handle(request)
  const bytes = new TextEncoder().encode('fertig ✓')
  processes[0]?.stdout.emit('data', bytes.subarray(0, 8))
  processes[0]?.stdout.emit('data', bytes.subarray(8))
  processes[0]?.stderr.emit('data', new TextEncoder().encode('warn'))
  expect(events).toEqual([
    { type: 'process-output', id: 'shop', stream: 'stdout', text: 'fertig ' },
    { type: 'process-output', id: 'shop', stream: 'stdout', text: '✓' },
    { type: 'process-output', id: 'shop', stream: 'stderr', text: 'warn' },
  ])
})

test('stop asks it to end, and its end is told once', () => {
  const { host: own, processes, events } = host()
  own.handle(request)
  processes[0]?.spawn(1)
  own.handle({ type: 'stop-process', id: 'shop' })
  own.handle({ type: 'stop-process', id: 'shop' })
  own.handle({ type: 'stop-process', id: 'unknown' })
  expect(events.slice(1)).toEqual([{ type: 'process-exited', id: 'shop', code: 0, problem: '' }])
})

test('a program that ends before it ran says so', () => {
  const { host: own, processes, events } = host()
  own.handle(request)
  processes[0]?.emit('exit', 1)
  expect(events).toEqual([
    { type: 'process-exited', id: 'shop', code: 1, problem: expect.stringContaining('could not be started') },
  ])
})

test('a program that cannot be forked, or runs under that id, is told as an exit', () => {
  const { host: own, electron, events, processes } = host()
  own.handle(request)
  own.handle(request)
  expect(processes).toHaveLength(1)
  expect(events[0]).toMatchObject({
    type: 'process-exited',
    code: null,
    problem: 'A process shop runs already.',
  })
  Object.assign(electron.utilityProcess, {
    fork: () => {
      throw new Error('no such file')
    },
  })
  own.handle({ ...request, id: 'other' })
  expect(events[1]).toMatchObject({
    id: 'other',
    problem: '/bundles/churn-1/server.mjs could not be started: no such file.',
  })
})

test('stopAll ends every program', () => {
  const { host: own, processes } = host()
  own.handle(request)
  own.handle({ ...request, id: 'second' })
  own.stopAll()
  expect(processes.map((child) => child.killed)).toEqual([true, true])
})
