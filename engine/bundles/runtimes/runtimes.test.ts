import { createHash } from 'node:crypto'
import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { FetchPackage } from './fetch-package.ts'
import { createRuntimes } from './runtimes.ts'

const binary = 'a Node for another platform\n'
const locked = {
  name: 'node-of-elsewhere',
  version: '24.1.0',
  integrity: 'sha512-x',
  license: 'MIT',
  files: [
    {
      from: 'bin/node',
      to: 'runtime/node',
      bytes: Buffer.byteLength(binary),
      sha256: createHash('sha256').update(binary).digest('hex'),
      executable: true,
    },
  ],
}

let folder: string
let lockFile: string
let cacheFolder: string
let fetches: string[]

beforeEach(async () => {
  folder = await mkdtemp(join(os.tmpdir(), 'slipway-runtimes-'))
  lockFile = join(folder, 'locked.json')
  cacheFolder = join(folder, 'cache')
  fetches = []
  await writeFile(
    lockFile,
    JSON.stringify({ format: 1, packages: { node: { 'darwin-x64': locked }, duckdb: {} } }),
  )
})
afterEach(() => rm(folder, { recursive: true, force: true }))

async function put(into: string, text: string): Promise<void> {
  await mkdir(join(into, 'bin'), { recursive: true })
  await mkdir(join(into, 'include'), { recursive: true })
  await writeFile(join(into, 'bin', 'node'), text)
  await writeFile(join(into, 'include', 'node.h'), '')
}

const fetching =
  (text: string): FetchPackage =>
  async ({ name, version }, into) => {
    fetches.push(`${name}@${version}`)
    await put(into, text)
  }

const runtimes = (fetch: FetchPackage, installed: (name: string) => string | null = () => null) =>
  createRuntimes({ lockFile, cacheFolder, fetch, installed })

const ask = (from: ReturnType<typeof runtimes>, titles: string[] = []) =>
  from.packages('darwin-x64', ['node'], { onFetch: (title) => titles.push(title) })

describe('runtimes', () => {
  it('fetches what is not here, says so, keeps the carried files alone, and needs no network after that', async () => {
    const titles: string[] = []
    const [first] = await ask(runtimes(fetching(binary)), titles)
    expect(titles).toEqual(['Fetching node-of-elsewhere 24.1.0'])
    expect(await readFile(first?.files[0]?.source ?? '', 'utf8')).toBe(binary)
    expect(await readdir(cacheFolder, { recursive: true })).not.toContain(
      join('node-of-elsewhere-24.1.0', 'include'),
    )
    const offline: FetchPackage = () => Promise.reject(new Error('getaddrinfo ENOTFOUND'))
    expect(await ask(runtimes(offline))).toEqual([first])
    expect(fetches).toHaveLength(1)
  })

  it('takes the package of this installation when it is the locked one', async () => {
    const own = join(folder, 'node_modules', locked.name)
    await put(own, binary)
    const [found] = await ask(runtimes(fetching(binary), () => own))
    expect(found?.files[0]?.source).toBe(join(own, 'bin', 'node'))
    await writeFile(join(own, 'bin', 'node'), 'another')
    expect(dirname((await ask(runtimes(fetching(binary), () => own)))[0]?.files[0]?.source ?? '')).toContain(
      cacheFolder,
    )
    expect(fetches).toHaveLength(1)
  })

  it('fetches anew what was damaged in the cache', async () => {
    const [first] = await ask(runtimes(fetching(binary)))
    await appendFile(first?.files[0]?.source ?? '', 'x')
    await ask(runtimes(fetching(binary)))
    expect(fetches).toHaveLength(2)
    expect(await readFile(first?.files[0]?.source ?? '', 'utf8')).toBe(binary)
  })

  it('uses nothing of a package whose file is another than the locked one', async () => {
    await expect(ask(runtimes(fetching('a Trojan horse')))).rejects.toMatchObject({
      code: 'integrity',
      message: expect.stringContaining('bin/node of node-of-elsewhere 24.1.0 is not the locked file'),
    })
    expect(await readdir(cacheFolder)).toEqual([])
  })

  it('says what is needed when there is no network, and for which target there is nothing', async () => {
    const offline: FetchPackage = () => Promise.reject(new Error('getaddrinfo ENOTFOUND'))
    await expect(ask(runtimes(offline))).rejects.toMatchObject({
      code: 'unreachable',
      message: expect.stringContaining('ENOTFOUND'),
      whatToDo: expect.stringContaining('Connect to the network once'),
    })
    const none = runtimes(offline).packages('win32-x64', ['node'], { onFetch: () => {} })
    await expect(none).rejects.toMatchObject({ code: 'invalid-input' })
  })

  it('stops a fetch at the signal, for its reason and no other, and keeps nothing of it', async () => {
    const controller = new AbortController()
    const hangs: FetchPackage = async (_, into, signal) => {
      await put(into, 'half a No')
      await new Promise<void>((_resolve, reject) => {
        signal?.addEventListener('abort', () => reject(new Error('socket hang up')))
        controller.abort(new Error('stopped'))
      })
    }
    const { signal } = controller
    const stopped = runtimes(hangs).packages('darwin-x64', ['node'], { onFetch: () => {}, signal })
    await expect(stopped).rejects.toThrow('stopped')
    expect(await readdir(cacheFolder)).toEqual([])
  })

  it('lets two packagings fetch the same at once', async () => {
    const both = await Promise.all([ask(runtimes(fetching(binary))), ask(runtimes(fetching(binary)))])
    expect(both[0]).toEqual(both[1])
    expect(await readdir(cacheFolder)).toEqual(['node-of-elsewhere-24.1.0'])
  })
})
