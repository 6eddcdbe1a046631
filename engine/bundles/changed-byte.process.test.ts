/** Catches a byte of a bundle that nobody vouches for: changed, it must be refused by the workbench and by the bundle itself. */
import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { assertIntegrity, readManifest } from '../../serving/bundle/integrity.ts'
import { assertBundleWhole, readBundleManifest } from './read-bundle.ts'
import { createSigner } from './signing-key.ts'
import { type SampleWorkspace, sampleWorkspace } from './testing/sample-workspace.ts'

const version = { name: 'churn', version: 1 }

let workspace: SampleWorkspace
let bundle: string
let files: string[]
beforeAll(async () => {
  workspace = await sampleWorkspace()
  bundle = (await workspace.bundles.package(version, {}, () => {})).path
  const entries = await readdir(bundle, { recursive: true, withFileTypes: true })
  files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(bundle, join(entry.parentPath, entry.name)))
}, 60_000)
afterAll(() => workspace.remove())

const messageOf = (checked: Promise<unknown>): Promise<string> =>
  checked.then(
    () => 'accepted',
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  )

/** What the workbench says before it deploys the bundle, and what the bundle says before it serves. */
async function saidOf(folder: string): Promise<string[]> {
  return Promise.all([
    messageOf(readBundleManifest(folder).then((manifest) => assertBundleWhole(folder, manifest))),
    messageOf(readManifest(folder).then((manifest) => assertIntegrity(folder, manifest))),
  ])
}

/** Places of a file where a bit was changed without that its name was said. */
async function accepted(path: string): Promise<string[]> {
  const absolute = join(bundle, path)
  const bytes = await readFile(absolute)
  const found: string[] = []
  for (const at of new Set([0, bytes.length >> 1, bytes.length - 1])) {
    const changed = Buffer.from(bytes)
    changed[at] = (changed[at] ?? 0) ^ 1
    await writeFile(absolute, changed)
    for (const said of await saidOf(bundle)) {
      if (!said.includes(path.split(sep).join('/'))) found.push(`${path} at ${at}: ${said}`)
    }
  }
  await writeFile(absolute, bytes)
  return found
}

describe('a changed byte', () => {
  it('at the start, in the middle or at the end of any file is refused, and the file named', async () => {
    expect(files).toEqual(expect.arrayContaining(['manifest.json', 'verification.json', 'server.mjs']))
    const found: string[] = []
    for (const path of files) found.push(...(await accepted(path)))
    expect(found).toEqual([])
    expect(await saidOf(bundle)).toEqual(['accepted', 'accepted'])
  }, 60_000)

  it('is refused in the report also when the report is that of another bundle, of another key, or of none', async () => {
    const folder = join(workspace.folder, 'report')
    await cp(bundle, folder, { recursive: true })
    const path = join(folder, 'verification.json')
    const { signature: _, ...report } = JSON.parse(await readFile(path, 'utf8'))
    const own = createSigner(join(workspace.folder, '.slipway', 'keys'))
    const other = createSigner(join(workspace.folder, 'stranger'))
    const reports = [
      [report, 'it is not signed'],
      [await own.sign({ ...report, manifest: '0'.repeat(64) }), 'it is of another manifest'],
      [await other.sign(report), 'it is signed with another key than the manifest'],
      [{ ...(await own.sign(report)), ok: false }, 'its signature does not fit what it says'],
    ] as const
    for (const [written, why] of reports) {
      await writeFile(path, `${JSON.stringify(written, null, 2)}\n`)
      for (const said of await saidOf(folder))
        expect(said).toContain(`verification.json was changed: ${why}.`)
    }
    // A bundle says no less without its report.
    await rm(path)
    expect(await saidOf(folder)).toEqual(['accepted', 'accepted'])
  })
})
