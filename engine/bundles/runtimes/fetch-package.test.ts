import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import os from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, it, vi } from 'vitest'
import { fetchPackage } from './fetch-package.ts'

afterEach(() => {
  vi.unstubAllEnvs()
})

it('ends a fetch that a registry keeps waiting as soon as the signal comes', async () => {
  const controller = new AbortController()
  const hangs = createServer(() => controller.abort())
  const folder = await mkdtemp(join(os.tmpdir(), 'slipway-fetching-'))
  try {
    await new Promise<void>((listening) => hangs.listen(0, '127.0.0.1', listening))
    const address = hangs.address()
    const port = typeof address === 'object' && address ? address.port : 0
    vi.stubEnv('npm_config_registry', `http://127.0.0.1:${port}/`)
    const locked = { name: 'node-of-elsewhere', version: '24.1.0', integrity: 'sha512-x' }
    await expect(fetchPackage(locked, join(folder, 'package'), controller.signal)).rejects.toThrow('abort')
  } finally {
    hangs.closeAllConnections()
    hangs.close()
    await rm(folder, { recursive: true, force: true })
  }
})
