/**
 * `npm run dev [workspace]`: the workbench with reload. The window comes from Vite, which replaces modules as
 * they are saved; a change to the engine or the serving runtime rebuilds it and starts the engine again.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { watch } from 'node:fs'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import { join, resolve } from 'node:path'
import { createServer } from 'vite'
import { buildParts, root } from './build.ts'

const workspace = process.argv[2]
const words = workspace === undefined ? [] : [resolve(process.env.INIT_CWD ?? '.', workspace)]
const token = randomBytes(24).toString('base64url')

async function freePort(): Promise<number> {
  const server = createTcpServer()
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const { port } = server.address() as AddressInfo
  await new Promise((closed) => server.close(closed))
  return port
}

const port = await freePort()
let engine: ChildProcess | null = null

async function restartEngine(): Promise<void> {
  await buildParts({ all: false, titles: ['engine', 'serving runtime'] })
  const running = engine
  if (running && running.exitCode === null) {
    const ended = new Promise((done) => running.once('exit', done))
    running.kill('SIGTERM')
    await ended
  }
  engine = spawn(
    process.execPath,
    [join(root, 'dist/engine/slipway.mjs'), 'serve', ...words, '--no-open', '--port', String(port)],
    {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, SLIPWAY_WINDOW_TOKEN: token },
    },
  )
}

await buildParts({ all: false })
await restartEngine()

const target = `http://127.0.0.1:${port}`
const vite = await createServer({
  configFile: join(root, 'renderer/vite.config.ts'),
  server: {
    host: '127.0.0.1',
    // The engine accepts its own origin only.
    proxy: { '/rpc': { target, ws: true, changeOrigin: true, headers: { origin: target } } },
  },
})
await vite.listen()
const address = vite.resolvedUrls?.local[0] ?? ''
process.stdout.write(`${address}?token=${token}\n`)

let pending: NodeJS.Timeout | undefined
let restarting = Promise.resolve()
for (const folder of ['engine', 'serving', 'shared']) {
  watch(join(root, folder), { recursive: true }, () => {
    clearTimeout(pending)
    pending = setTimeout(() => {
      restarting = restarting.then(restartEngine).catch((error: unknown) => {
        process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
      })
    }, 200)
  })
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    engine?.kill('SIGTERM')
    vite.close().finally(() => process.exit(0))
  })
}
