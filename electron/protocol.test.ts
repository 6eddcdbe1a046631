import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { contentSecurityPolicy, createFileHandler, registerScheme } from './protocol.ts'
import { fakeElectron } from './testing/fake-electron.ts'

let folder: string
let handler: (request: Request) => Promise<Response>

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-protocol-'))
  await mkdir(join(folder, 'renderer/assets'), { recursive: true })
  await mkdir(join(folder, 'renderer-old'))
  await writeFile(join(folder, 'renderer/index.html'), '<!doctype html>')
  await writeFile(join(folder, 'renderer/assets/main.js'), 'export {}')
  await writeFile(join(folder, 'renderer/assets/backend.wasm'), new Uint8Array([0, 97, 115, 109]))
  await writeFile(join(folder, 'renderer/a b.svg'), '<svg/>')
  await writeFile(join(folder, 'renderer-old/secret.txt'), 'secret')
  await symlink(join(folder, 'renderer-old'), join(folder, 'renderer/link'))
  handler = createFileHandler(join(folder, 'renderer'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const ask = (path: string, init?: RequestInit) => handler(new Request(`app://slipway${path}`, init))

test.each([
  ['/', 'text/html; charset=utf-8'],
  ['/index.html?workspace=1#top', 'text/html; charset=utf-8'],
  ['/assets/main.js', 'text/javascript; charset=utf-8'],
  ['/assets/backend.wasm', 'application/wasm'],
  ['/a%20b.svg', 'image/svg+xml'],
])('%s is served as %s, under the policy', async (path, type) => {
  const response = await ask(path)
  expect(response.status).toBe(200)
  expect(response.headers.get('content-type')).toBe(type)
  expect(response.headers.get('content-security-policy')).toBe(contentSecurityPolicy)
  expect(response.headers.get('x-content-type-options')).toBe('nosniff')
  expect((await response.arrayBuffer()).byteLength).toBeGreaterThan(0)
})

test.each([
  ['/../renderer-old/secret.txt'],
  ['/%2e%2e/renderer-old/secret.txt'],
  ['/..%2frenderer-old%2fsecret.txt'],
  ['/link/secret.txt'],
  ['/assets'],
  ['/nothing.html'],
])('%s is not served', async (path) => {
  const response = await ask(path)
  expect(response.status).toBe(404)
  expect(await response.text()).toBe('')
})

test('a folder whose name merely begins alike is outside', async () => {
  const inOld = createFileHandler(join(folder, 'rend'))
  expect((await inOld(new Request('app://slipway/index.html'))).status).toBe(404)
})

test('other hosts, other methods and broken paths are refused', async () => {
  expect((await handler(new Request('app://elsewhere/index.html'))).status).toBe(404)
  expect((await ask('/index.html', { method: 'POST', body: 'x' })).status).toBe(405)
  expect((await ask('/%E0%A4%A')).status).toBe(400)
  expect((await ask('/index.html%00.js')).status).toBe(400)
  const head = await ask('/index.html', { method: 'HEAD' })
  expect([head.status, await head.text()]).toEqual([200, ''])
})

test('the policy allows no eval, no inline script and no connection elsewhere', () => {
  expect(contentSecurityPolicy).toContain("default-src 'none'")
  expect(contentSecurityPolicy).toContain("script-src 'self';")
  expect(contentSecurityPolicy).toContain("connect-src 'self';")
  expect(contentSecurityPolicy).not.toContain('unsafe-eval')
})

test('the scheme is registered as standard and secure, and never past the policy', () => {
  const fake = fakeElectron()
  registerScheme(fake.electron.protocol)
  expect(fake.schemes).toEqual([
    { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
  ])
})
