import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { channels } from './channels.ts'
import { startShell } from './shell.ts'
import { FakeContents, fakeElectron, fakeFrame } from './testing/fake-electron.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-shell-'))
  await mkdir(join(folder, 'churn'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

async function shell(words: string[] = [], platform: NodeJS.Platform = 'linux') {
  const fake = fakeElectron()
  const started = startShell({
    electron: fake.electron,
    paths: {
      renderer: join(folder, 'renderer'),
      preload: join(folder, 'preload.cjs'),
      engine: join(folder, 'engine.mjs'),
      windowState: join(folder, 'window.json'),
    },
    argv: ['electron', 'main.mjs', ...words],
    workingFolder: folder,
    platform,
  })
  fake.app.makeReady()
  await started
  const ask = async (channel: string, sender: FakeContents, frame: unknown = sender.mainFrame) =>
    fake.handlers.get(channel)?.({ sender, senderFrame: frame })
  return { ...fake, ask }
}

test('sandbox and scheme are set before Electron is ready', async () => {
  expect((await shell()).order).toEqual(['sandbox', 'scheme', 'ready'])
})

test('the window loads our page, sandboxed, and is shown when it has painted', async () => {
  const { windows, fileHandlers } = await shell()
  const [window] = windows
  expect(window?.loaded).toBe('app://slipway/index.html')
  expect(window?.options.webPreferences).toMatchObject({
    contextIsolation: true,
    sandbox: true,
    nodeIntegration: false,
    preload: join(folder, 'preload.cjs'),
  })
  expect(window?.calls).toEqual([])
  window?.emit('ready-to-show')
  expect(window?.calls).toEqual(['show'])
  expect([...fileHandlers.keys()]).toEqual(['app'])
})

test('permissions, navigation and new windows are denied from the first page on', async () => {
  const { windows, permissions } = await shell()
  expect(Object.keys(permissions).sort()).toEqual(['check', 'device', 'request'])
  expect(windows[0]?.webContents.openHandler?.({ url: 'http://example.com' })).toEqual({ action: 'deny' })
  expect(windows[0]?.webContents.listenerCount('will-navigate')).toBe(1)
})

test('the workspace of the command line is opened by the engine', async () => {
  const { processes } = await shell(['churn'])
  expect(processes[0]).toMatchObject({ script: join(folder, 'engine.mjs'), args: [join(folder, 'churn')] })
})

test('a page that asks for a port gets one end, the engine the other', async () => {
  const { windows, processes, ask } = await shell()
  processes[0]?.emit('message', { type: 'engine-ready' })
  await ask(channels.port, windows[0]!.webContents)
  expect(windows[0]?.webContents.mainFrame.posted).toEqual([
    { channel: channels.port, ports: [{ name: 'page end' }] },
  ])
  expect(processes[0]?.posted).toEqual([
    { message: { type: 'connect-window' }, ports: [{ name: 'engine end' }] },
  ])
})

test('nobody but the page of one of our windows gets an answer', async () => {
  const { windows, processes, ask, dialogs } = await shell()
  const { webContents } = windows[0]!
  processes[0]?.emit('message', { type: 'engine-ready' })
  for (const channel of Object.values(channels).filter((name) => name !== channels.command)) {
    await expect(ask(channel, new FakeContents(99))).rejects.toThrow('Refused')
    await expect(
      ask(channel, webContents, fakeFrame('app://slipway', webContents.mainFrame)),
    ).rejects.toThrow('Refused')
    await expect(ask(channel, webContents, null)).rejects.toThrow('Refused')
    webContents.mainFrame.origin = 'https://example.com'
    await expect(ask(channel, webContents)).rejects.toThrow('Refused')
    webContents.mainFrame.origin = 'app://slipway'
  }
  expect(processes[0]?.posted).toEqual([])
  expect(dialogs).toEqual([])
})

test('the dialogs answer with the path, or null when closed', async () => {
  const { windows, ask, answers, dialogs } = await shell()
  const { webContents } = windows[0]!
  expect(await ask(channels.chooseFolder, webContents)).toBeNull()
  answers.folder = { canceled: false, filePaths: ['/home/ada/churn'] }
  expect(await ask(channels.chooseFolder, webContents)).toBe('/home/ada/churn')
  expect(await ask(channels.openFile, webContents)).toBe('/home/ada/churn')
  expect(dialogs[0]).toMatchObject({ properties: ['openDirectory', 'createDirectory'] })
  expect(dialogs[2]).toMatchObject({ properties: ['openFile'] })
})

test('menu commands go to the window in front', async () => {
  const { windows, menus, app, focus } = await shell()
  app.emit('second-instance', {}, ['electron', 'main.mjs', 'churn'], folder)
  expect(windows).toHaveLength(2)
  focus(windows[1]!)
  const file = menus[0]?.find((item) => item.label === '&File')?.submenu
  const open = Array.isArray(file) ? file.find((item) => item.id === 'open-workspace') : undefined
  ;(open?.click as (() => void) | undefined)?.()
  expect(windows[1]?.webContents.sent).toEqual([{ channel: channels.command, message: 'open-workspace' }])
  expect(windows[0]?.webContents.sent).toEqual([])
})

test('a second start without a workspace brings the window to the front', async () => {
  const { windows, app } = await shell()
  windows[0]!.minimized = true
  app.emit('second-instance', {}, ['electron', 'main.mjs'], folder)
  expect(windows).toHaveLength(1)
  expect(windows[0]).toMatchObject({ minimized: false, calls: ['focus'] })
})

test('where an instance runs already, this one ends without a window', async () => {
  const fake = fakeElectron()
  fake.answers.lock = false
  await startShell({
    electron: fake.electron,
    paths: { renderer: '', preload: '', engine: '', windowState: '' },
    argv: [],
    workingFolder: folder,
    platform: 'linux',
  })
  expect(fake.app.quits).toBe(1)
  expect(fake.windows).toEqual([])
})

test('a crash of the engine is told, with what it said', async () => {
  const { processes, boxes } = await shell()
  processes[0]?.stderr.emit('data', new TextEncoder().encode('RangeError: too big\n'))
  processes[0]?.emit('exit', 1)
  expect(boxes[0]?.message).toBe('The engine stopped unexpectedly and was started again.')
  expect(boxes[0]?.detail).toContain('RangeError: too big')
})

test('an engine that keeps stopping is started again when the user says so', async () => {
  const { processes, boxes } = await shell()
  for (let i = 0; i < 4; i++) processes[i]?.emit('exit', 1)
  await Promise.resolve()
  expect(boxes.at(-1)?.buttons).toEqual(['Start it again', 'Close the window'])
  await expect.poll(() => processes.length).toBe(5)
})

test('a page that crashes is loaded again', async () => {
  const { windows } = await shell()
  windows[0]?.webContents.emit('render-process-gone', {}, { reason: 'crashed' })
  windows[0]?.webContents.emit('render-process-gone', {}, { reason: 'clean-exit' })
  expect(windows[0]?.webContents.reloads).toBe(1)
})

test('closing the window keeps its place and ends its engine before the app quits', async () => {
  const { windows, processes, app } = await shell()
  processes[0]!.onKill = () => undefined
  windows[0]!.close()
  app.emit('window-all-closed')
  expect(app.quits).toBe(1)
  let held = false
  app.emit('will-quit', { preventDefault: () => (held = true) })
  expect(held).toBe(true)
  processes[0]?.emit('exit', 0)
  await expect.poll(() => app.quits).toBe(2)
  const again = await shell()
  expect(again.windows[0]?.options).toMatchObject({ x: 10, y: 20, width: 1200, height: 800 })
})

test('on a Mac the app stays without windows, and opens one when it is called up', async () => {
  const { windows, app } = await shell([], 'darwin')
  windows[0]!.close()
  app.emit('window-all-closed')
  expect(app.quits).toBe(0)
  app.emit('activate')
  expect(windows).toHaveLength(2)
})

test('a file opened from the file manager opens its workspace', async () => {
  const { app, processes } = await shell()
  let taken = false
  app.emit('open-file', { preventDefault: () => (taken = true) }, join(folder, 'churn'))
  expect(taken).toBe(true)
  expect(processes[1]?.args).toEqual([join(folder, 'churn')])
})
