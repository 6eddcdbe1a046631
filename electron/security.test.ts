import type { IpcMainInvokeEvent, WebContents } from 'electron'
import { expect, test } from 'vitest'
import { denyPermissions, isTrustedSender, secureContents } from './security.ts'
import { FakeContents, type FakeFrame, fakeElectron, fakeFrame } from './testing/fake-electron.ts'

function contents() {
  const fake = fakeElectron()
  secureContents(fake.electron)
  const created = new FakeContents(1)
  fake.app.emit('web-contents-created', {}, created)
  return { ...fake, created }
}

/** Whether the handlers of an event called `preventDefault`. */
function prevented(emitter: FakeContents, event: string, details: object = {}): boolean {
  let stopped = false
  emitter.emit(event, { ...details, preventDefault: () => (stopped = true) })
  return stopped
}

test('no page navigates, is redirected or embeds a web view', () => {
  const { created } = contents()
  expect(prevented(created, 'will-navigate', { url: 'https://example.com/' })).toBe(true)
  expect(prevented(created, 'will-navigate', { url: 'app://slipway/index.html' })).toBe(true)
  expect(prevented(created, 'will-redirect', { url: 'https://example.com/' })).toBe(true)
  expect(prevented(created, 'will-attach-webview')).toBe(true)
})

test.each([
  ['https://example.com/', false, true],
  ['app://slipway.example/x', false, true],
  ['file:///etc/passwd', false, true],
  ['app://slipway/output.html', false, false],
  ['about:srcdoc', false, false],
  ['app://slipway/index.html', true, true],
])('a frame going to %s (main frame: %s) is stopped: %s', (url, isMainFrame, expected) => {
  expect(prevented(contents().created, 'will-frame-navigate', { url, isMainFrame })).toBe(expected)
})

test.each([
  ['https://duckdb.org/docs', ['https://duckdb.org/docs']],
  ['http://example.com/', []],
  ['file:///etc/passwd', []],
  ['javascript:alert(1)', []],
  ['not a url', []],
])('opening %s never makes a window, and leaves the app only over https', (url, expected) => {
  const { created, externals } = contents()
  expect(created.openHandler?.({ url })).toEqual({ action: 'deny' })
  expect(externals).toEqual(expected)
})

function eventFrom(sender: FakeContents, frame: FakeFrame | null): IpcMainInvokeEvent {
  return { sender, senderFrame: frame } as unknown as IpcMainInvokeEvent
}
const trusts = (event: IpcMainInvokeEvent, own: FakeContents) =>
  isTrustedSender(event, own as unknown as WebContents)

test('a message is trusted from the main frame of our own page only', () => {
  const own = new FakeContents(1)
  expect(trusts(eventFrom(own, own.mainFrame), own)).toBe(true)
})

test('other contents, embedded frames, gone frames and other origins are not trusted', () => {
  const own = new FakeContents(1)
  const other = new FakeContents(2)
  expect(trusts(eventFrom(other, other.mainFrame), own)).toBe(false)
  expect(trusts(eventFrom(own, fakeFrame('app://slipway', own.mainFrame)), own)).toBe(false)
  expect(trusts(eventFrom(own, fakeFrame()), own)).toBe(false)
  expect(trusts(eventFrom(own, null), own)).toBe(false)
  for (const origin of ['app://slipway.example', 'app://slipwayx', 'https://slipway', 'null', '']) {
    own.mainFrame.origin = origin
    expect(trusts(eventFrom(own, own.mainFrame), own)).toBe(false)
  }
})

const permissionNames = [
  'media',
  'geolocation',
  'notifications',
  'clipboard-read',
  'hid',
  'usb',
  'openExternal',
  'fullscreen',
]

test('both permission handlers deny by default', () => {
  const fake = fakeElectron()
  denyPermissions(fake.electron)
  const main = { isMainFrame: true, requestingUrl: 'app://slipway/index.html' }
  for (const name of permissionNames) {
    const answers: unknown[] = []
    fake.permissions.request?.({}, name, (granted: boolean) => answers.push(granted), main)
    expect(answers).toEqual([false])
    expect(fake.permissions.check?.({}, name, 'app://slipway', main)).toBe(false)
  }
  expect(fake.permissions.device?.({})).toBe(false)
})

test('only our own page may write text to the clipboard', () => {
  const fake = fakeElectron()
  denyPermissions(fake.electron)
  const name = 'clipboard-sanitized-write'
  const request = (details: object) => {
    let granted: unknown
    fake.permissions.request?.({}, name, (answer: boolean) => (granted = answer), details)
    return granted
  }
  expect(request({ isMainFrame: true, requestingUrl: 'app://slipway/index.html' })).toBe(true)
  expect(request({ isMainFrame: false, requestingUrl: 'app://slipway/output.html' })).toBe(false)
  expect(request({ isMainFrame: true, requestingUrl: 'https://example.com/' })).toBe(false)
  expect(fake.permissions.check?.({}, name, 'app://slipway/', { isMainFrame: true })).toBe(true)
  expect(fake.permissions.check?.({}, name, 'https://example.com', { isMainFrame: true })).toBe(false)
})
