import { expect, test } from 'vitest'
import { channels } from './channels.ts'
import { exposeShell, type SlipwayShell } from './expose-shell.ts'

function preload() {
  const exposed = new Map<string, unknown>()
  const asked: string[] = []
  const listeners = new Map<string, (event: { ports: unknown[] }, ...args: unknown[]) => void>()
  const posted: { message: unknown; origin: string; transfer: readonly unknown[] }[] = []
  const ipc = {
    answer: null as unknown,
    invoke: async (channel: string) => {
      asked.push(channel)
      return ipc.answer
    },
    on(channel: string, listener: (event: { ports: unknown[] }, ...args: unknown[]) => void) {
      listeners.set(channel, listener)
    },
  }
  exposeShell(
    { exposeInMainWorld: (name, value) => void exposed.set(name, value) },
    ipc as unknown as Parameters<typeof exposeShell>[1],
    {
      location: { origin: 'app://slipway' },
      postMessage: (message, origin, transfer) => void posted.push({ message, origin, transfer }),
    },
  )
  return { exposed, asked, listeners, posted, ipc, shell: exposed.get('slipway') as SlipwayShell }
}

test('exactly one object is exposed, with three questions and no way to send anything else', () => {
  const { exposed, shell } = preload()
  expect([...exposed.keys()]).toEqual(['slipway'])
  expect(Object.keys(shell).sort()).toEqual(['chooseFolder', 'openFile', 'port'])
})

test('a port is asked for, and reaches the page as a window message of its own origin', async () => {
  const { shell, asked, listeners, posted } = preload()
  await shell.port()
  expect(asked).toEqual([channels.port])
  const port = { name: 'port' }
  listeners.get(channels.port)?.({ ports: [port] })
  expect(posted).toEqual([{ message: { type: 'slipway-port' }, origin: 'app://slipway', transfer: [port] }])
})

test('a menu command reaches the page by its id', () => {
  const { listeners, posted } = preload()
  listeners.get(channels.command)?.({ ports: [] }, 'run-all')
  expect(posted).toEqual([
    { message: { type: 'slipway-command', command: 'run-all' }, origin: 'app://slipway', transfer: [] },
  ])
})

test('a dialog answers with a path, or null for anything else', async () => {
  const { shell, ipc, asked } = preload()
  ipc.answer = '/home/ada/churn'
  expect(await shell.chooseFolder()).toBe('/home/ada/churn')
  ipc.answer = undefined
  expect(await shell.openFile()).toBeNull()
  expect(asked).toEqual([channels.chooseFolder, channels.openFile])
})
