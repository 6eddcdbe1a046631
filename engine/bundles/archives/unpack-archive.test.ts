/** The round trip catches an archive that is not read as it was written; the rest, what a stranger's archive could do. */
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import os from 'node:os'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { writeArchive } from './archive.ts'
import { unpackArchive, withBundleFolder } from './unpack-archive.ts'

let folder: string
const at = (name: string) => join(folder, name)
const long = `${'deep/'.repeat(30)}file.txt`
const files: Record<string, Buffer> = {
  'manifest.json': Buffer.from('{}'),
  'model/empty': Buffer.alloc(0),
  'model/weights.bin': Buffer.from(Array.from({ length: 70_000 }, (_, i) => i * 7)),
  [long]: Buffer.from('far down'),
}
beforeAll(async () => {
  folder = await mkdtemp(join(os.tmpdir(), 'slipway-archive-'))
  for (const [path, bytes] of Object.entries(files)) {
    await mkdir(join(at('bundle'), path, '..'), { recursive: true })
    await writeFile(join(at('bundle'), path), bytes, { mode: path.endsWith('.bin') ? 0o755 : 0o644 })
  }
  await writeArchive({
    folder: at('bundle'),
    root: 'churn-3',
    output: at('churn-3.tar.gz'),
    time: new Date(0),
  })
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** The archive with a field of its first header changed, and a checksum that holds. */
async function altered(name: string, change: (tar: Buffer) => void): Promise<string> {
  const tar = Buffer.from(gunzipSync(await readFile(at('churn-3.tar.gz'))))
  // Its first file has a path of two parts; it is given one of one.
  tar.fill(0, 345, 500)
  change(tar)
  tar.write(' '.repeat(8), 148)
  const sum = tar.subarray(0, 512).reduce((total, byte) => total + byte, 0)
  tar.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  await writeFile(at(name), gzipSync(tar))
  return at(name)
}

describe('an archive', () => {
  it('gives back the files that were packed, with their modes, and leaves nothing behind', async () => {
    let seen = ''
    await withBundleFolder(at('churn-3.tar.gz'), async (unpacked) => {
      seen = unpacked
      expect(unpacked.endsWith('churn-3')).toBe(true)
      for (const [path, bytes] of Object.entries(files)) {
        expect((await readFile(join(unpacked, path))).equals(bytes)).toBe(true)
      }
      expect((await stat(join(unpacked, 'model/weights.bin'))).mode & 0o100).toBe(0o100)
      expect((await stat(join(unpacked, 'manifest.json'))).mode & 0o100).toBe(0)
    })
    await expect(stat(seen)).rejects.toThrow('ENOENT')
    expect(await withBundleFolder(at('bundle'), async (itself) => itself)).toBe(at('bundle'))
  })

  it.each([
    ['a path that leads out', (tar: Buffer) => tar.write('../../escaped\0', 0), 'would lie outside'],
    ['an absolute path', (tar: Buffer) => tar.write('/tmp/escaped\0', 0), 'would lie outside'],
    ['a link', (tar: Buffer) => tar.write('2', 156), 'neither a file nor a folder'],
    [
      'a size without end',
      (tar: Buffer) => tar.write('77777777777\0', 124),
      'ends too soon|larger than any bundle',
    ],
  ])('with %s is refused, and writes nothing outside', async (name, change, message) => {
    const archive = await altered(`${name}.tar.gz`, change)
    const into = at(`into ${name}`)
    await mkdir(join(into, 'inner'), { recursive: true })
    const run = unpackArchive(archive, join(into, 'inner'))
    await expect(run).rejects.toMatchObject({
      code: 'invalid-input',
      message: expect.stringMatching(message),
    })
    expect(await readdir(into)).toEqual(['inner'])
  })

  it.each([
    ['not compressed', async () => Buffer.from('PK\u0003\u0004 something else'), 'not compressed by gzip'],
    ['no tar', async () => gzipSync(Buffer.alloc(2000, 'x')), 'not a tar archive'],
    [
      'cut short',
      async () => (await readFile(at('churn-3.tar.gz'))).subarray(0, 400),
      'not compressed by gzip, or is damaged|ends too soon',
    ],
    [
      'tar cut short',
      async () => gzipSync(gunzipSync(await readFile(at('churn-3.tar.gz'))).subarray(0, 3000)),
      'ends too soon',
    ],
  ])('that is %s is refused by name', async (name, bytes, message) => {
    const archive = at(`${name}.tar.gz`)
    await writeFile(archive, await bytes())
    const run = withBundleFolder(archive, async () => 'used')
    await expect(run).rejects.toMatchObject({ message: expect.stringMatching(message) })
    await expect(run).rejects.toMatchObject({ message: expect.stringContaining(archive) })
  })
})
