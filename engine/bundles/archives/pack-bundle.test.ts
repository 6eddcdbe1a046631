/** Catches an archive that holds more than the bundle, appears in part, or is taken for that of another bundle. */
import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import os from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { placeBundle } from '../place-bundle.ts'
import { archiveBeside, packBundle } from './pack-bundle.ts'

let home: string
let bundle: string
const never = new AbortController().signal
beforeEach(async () => {
  home = await mkdtemp(join(os.tmpdir(), 'slipway-pack-'))
  bundle = join(home, 'churn-3')
  const manifest = {
    format: 1,
    name: 'churn',
    version: 3,
    created: '2026-01-01T00:00:00.000Z',
    runtime: { slipway: '0.0.1', node: '24.0.0', target: 'any' },
    files: [{ path: 'model/model.json', bytes: 3, sha256: createHash('sha256').update('one').digest('hex') }],
  }
  await mkdir(join(bundle, 'model'), { recursive: true })
  await writeFile(join(bundle, 'manifest.json'), JSON.stringify(manifest))
  await writeFile(join(bundle, 'model/model.json'), 'one')
})
afterEach(() => rm(home, { recursive: true, force: true }))

it('packs the files of the bundle beside its folder, and nothing else that lies in it', async () => {
  await mkdir(join(bundle, 'state'))
  await writeFile(join(bundle, 'state/windows.ndjson'), '{}')
  const packed = await packBundle(bundle, never)
  expect(packed.path).toBe(`${bundle}.tar.gz`)
  expect(packed.bytes).toBe((await readFile(packed.path)).length)
  expect((await readdir(home)).sort()).toEqual(['churn-3', 'churn-3.tar.gz'])
  const placed = await placeBundle(packed.path, join(home, 'elsewhere'))
  expect((await readdir(placed, { recursive: true })).sort()).toEqual([
    'manifest.json',
    'model',
    'model/model.json',
  ])
})

it('leaves an archive that is there alone, and takes an older one for none of this bundle', async () => {
  const { path, bytes } = await packBundle(bundle, never)
  const packagedMs = (await stat(join(bundle, 'manifest.json'))).mtimeMs
  expect(await archiveBeside(bundle, packagedMs)).toEqual({ path, bytes })
  await expect(packBundle(bundle, never)).rejects.toMatchObject({ code: 'already-exists' })
  await utimes(path, new Date(0), new Date(0))
  expect(await archiveBeside(bundle, packagedMs)).toBe(null)
})

it('packs no bundle with a changed file, and leaves nothing behind when it is stopped', async () => {
  await expect(packBundle(bundle, AbortSignal.abort())).rejects.toMatchObject({ code: 'cancelled' })
  await writeFile(join(bundle, 'model/model.json'), 'two')
  await expect(packBundle(bundle, never)).rejects.toMatchObject({
    code: 'integrity',
    message: expect.stringContaining('model/model.json'),
  })
  expect(await readdir(home)).toEqual(['churn-3'])
})
