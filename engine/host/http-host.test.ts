import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { os } from '@orpc/server'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import type { EngineRouter } from '../api/router.ts'
import { type HttpHost, startHttpHost } from './http-host.ts'

let folder: string
let host: HttpHost
// Access is decided before any procedure is looked up, so a router of one procedure will do.
const router = { ping: os.handler(() => 'pong') } as unknown as EngineRouter

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-host-'))
  await mkdir(join(folder, 'renderer/assets'), { recursive: true })
  await writeFile(join(folder, 'renderer/index.html'), '<title>Slipway</title>')
  await writeFile(join(folder, 'renderer/assets/main.js'), 'export {}')
  await writeFile(join(folder, 'secret.txt'), 'secret')
  await symlink(join(folder, 'secret.txt'), join(folder, 'renderer/link.txt'))
  host = await startHttpHost({ router, rendererFolder: join(folder, 'renderer'), port: 0, token: 'right' })
})
afterAll(async () => {
  await host.close()
  await rm(folder, { recursive: true })
})

function get(
  path: string,
  headers: Record<string, string> = {},
): Promise<{ status: number; body: string; policy: string }> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: '127.0.0.1', port: host.port, path, headers }, (response) => {
      let body = ''
      response.on('data', (chunk) => {
        body += chunk
      })
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          body,
          policy: String(response.headers['content-security-policy'] ?? ''),
        }),
      )
    })
    outgoing.on('error', reject)
    outgoing.end()
  })
}

function connect(query: string, headers: Record<string, string> = {}): Promise<number | 'open'> {
  return new Promise((resolve) => {
    const socket = new WebSocket(`ws://127.0.0.1:${host.port}${query}`, { headers })
    socket.on('open', () => {
      socket.close()
      resolve('open')
    })
    socket.on('unexpected-response', (_, response) => {
      resolve(response.statusCode ?? 0)
      socket.terminate()
    })
    socket.on('error', () => {})
  })
}

test('the window is served with a policy that allows no eval and no other origin', async () => {
  const page = await get('/')
  expect(page).toMatchObject({ status: 200, body: '<title>Slipway</title>' })
  expect(page.policy).toContain("script-src 'self';")
  expect(page.policy).not.toContain('unsafe-eval')
  expect(page.policy).toContain(`connect-src 'self' ws://127.0.0.1:${host.port};`)
})

test('nothing outside the folder is read, not by dots and not through a link', async () => {
  for (const path of [
    '/../secret.txt',
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '/link.txt',
    '/%00',
    '/assets',
  ]) {
    expect((await get(path)).status).toBe(404)
  }
})

test('a page of another name that resolves here is refused', async () => {
  expect((await get('/', { host: 'evil.example' })).status).toBe(403)
  expect(await connect('/rpc?token=right', { host: 'evil.example' })).toBe(403)
})

test('the contract opens with the token, from its own origin alone', async () => {
  expect(await connect('/rpc?token=right')).toBe('open')
  expect(await connect('/rpc?token=right', { origin: `http://127.0.0.1:${host.port}` })).toBe('open')
  expect(await connect('/rpc?token=right', { origin: 'https://evil.example' })).toBe(403)
  expect(await connect('/rpc?token=wrong')).toBe(401)
  expect(await connect('/rpc')).toBe(401)
  expect(await connect('/other?token=right')).toBe(404)
})

test('a page learns by a plain request that it is its token that is refused', async () => {
  expect((await get('/rpc?token=wrong')).status).toBe(401)
  expect((await get('/rpc?token=right')).status).toBe(426)
  expect((await get('/rpc?token=right', { origin: 'https://evil.example' })).status).toBe(403)
})

test('a port in use is named', async () => {
  await expect(startHttpHost({ router, rendererFolder: folder, port: host.port })).rejects.toThrow(
    `Port ${host.port} on 127.0.0.1 is in use by another program.`,
  )
})
