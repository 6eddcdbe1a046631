/** Catches an archive that is unpacked over another bundle, twice, in part, or outside the folder of bundles. */
import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { writeArchive } from './archives/archive.ts'
import { placeBundle } from './place-bundle.ts'

let folder: string
let home: string
beforeEach(async () => {
  folder = await mkdtemp(join(os.tmpdir(), 'slipway-place-'))
  home = join(folder, 'bundles')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

/** An archive of a bundle with one file. @param listed what its manifest says of the file's text */
async function archiveOf(name: string, text: string, listed = text): Promise<string> {
  const from = join(folder, 'from')
  const sha256 = createHash('sha256').update(listed).digest('hex')
  const manifest = {
    format: 1,
    name,
    version: 3,
    created: '2026-01-01T00:00:00.000Z',
    runtime: { slipway: '0.0.1', node: '24.0.0', target: 'any' },
    files: [{ path: 'model/model.json', bytes: text.length, sha256 }],
  }
  await rm(from, { recursive: true, force: true })
  for (const [path, content] of Object.entries({
    'manifest.json': JSON.stringify(manifest),
    'model/model.json': text,
  })) {
    await mkdir(dirname(join(from, path)), { recursive: true })
    await writeFile(join(from, path), content)
  }
  const output = join(folder, `${createHash('sha256').update(text).digest('hex').slice(0, 8)}.tar.gz`)
  await writeArchive({ folder: from, root: 'any-name', output, time: new Date(0) })
  return output
}

it('unpacks an archive once under the name of its bundle, another of that name beside it', async () => {
  const first = await archiveOf('churn', 'one')
  expect(await placeBundle(first, home)).toBe(join(home, 'churn-3'))
  expect(await placeBundle(first, home)).toBe(join(home, 'churn-3'))
  expect(await placeBundle(await archiveOf('churn', 'two'), home)).toBe(join(home, 'churn-3-2'))
  expect(await readFile(join(home, 'churn-3/model/model.json'), 'utf8')).toBe('one')
  expect(await readFile(join(home, 'churn-3-2/model/model.json'), 'utf8')).toBe('two')
  expect((await readdir(home)).sort()).toEqual(['churn-3', 'churn-3-2'])
  expect(await placeBundle(join(home, 'churn-3'), home)).toBe(join(home, 'churn-3'))
})

it('keeps nothing of an archive that is damaged or would lie elsewhere, and names it', async () => {
  const harmed = await archiveOf('churn', 'ten', 'two')
  await expect(placeBundle(harmed, home)).rejects.toMatchObject({
    code: 'integrity',
    message: `The bundle ${harmed} is not as it was packaged: model/model.json was changed since it was packaged.`,
  })
  const outside = await archiveOf('../../churn', 'out')
  await expect(placeBundle(outside, home)).rejects.toMatchObject({
    code: 'integrity',
    message: expect.stringContaining('"../../churn"'),
  })
  expect(await readdir(home)).toEqual([])
})
