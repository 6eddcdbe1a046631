/** Catches a packaging that was stopped, or failed at its end, and leaves something at the place of the bundle. */
import { writeFileSync } from 'node:fs'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { PackageEvent } from '../../shared/contract/bundles.ts'
import { type SampleWorkspace, sampleWorkspace } from './testing/sample-workspace.ts'

const version = { name: 'churn', version: 1 }

let workspace: SampleWorkspace
beforeAll(async () => {
  workspace = await sampleWorkspace()
})
afterAll(() => workspace.remove())

/** Packages to an archive with a gate, and does something at one of its steps. */
async function packaged(folder: string, title: string, act: (out: string, stop: () => void) => void) {
  const out = join(workspace.folder, folder, 'churn')
  await mkdir(dirname(out))
  const controller = new AbortController()
  const seen: PackageEvent['type'][] = []
  const options = { out, archive: true, gates: ['accuracy >= 0'], signal: controller.signal }
  const packaging = workspace.bundles.package(version, options, (event) => {
    seen.push(event.type)
    if (event.type === 'step' && event.title === title) act(out, () => controller.abort())
  })
  const failure = await packaging.then(
    () => null,
    (error: unknown) => error,
  )
  return { out, failure, seen, left: await readdir(dirname(out)) }
}

describe('packaging', () => {
  it.each(['Writing the files', 'Measuring for the metric gates', 'Packing the archive'])(
    'leaves nothing behind when it is stopped while it is at "%s"',
    async (title) => {
      const { failure, left, seen } = await packaged(title, title, (_, stop) => stop())
      expect(failure).toMatchObject({
        code: 'cancelled',
        message: 'Packaging churn-1 was stopped; nothing was left behind.',
      })
      expect(left).toEqual([])
      expect(seen).not.toContain('done')
    },
  )

  it('does not say of a version that it was verified when its packaging was stopped', async () => {
    expect(await workspace.bundles.reports(version)).toEqual([])
  })

  it('overwrites no archive, neither one that is there before nor one that comes meanwhile', async () => {
    const out = join(workspace.folder, 'before', 'churn')
    await mkdir(dirname(out))
    await writeFile(`${out}.tar.gz`, 'of another')
    const refused = workspace.bundles.package(version, { out, archive: true }, () => {})
    await expect(refused).rejects.toMatchObject({ code: 'already-exists' })
    expect(await readFile(`${out}.tar.gz`, 'utf8')).toBe('of another')

    const late = await packaged('meanwhile', 'Packing the archive', (place) => {
      writeFileSync(`${place}.tar.gz`, 'of another')
    })
    expect(late.failure).toMatchObject({
      code: 'already-exists',
      message: `${late.out}.tar.gz exists already.`,
    })
    expect(late.left).toEqual(['churn.tar.gz'])
    expect(await readFile(`${late.out}.tar.gz`, 'utf8')).toBe('of another')
  })
})
