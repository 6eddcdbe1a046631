/** Catches a packaging that was stopped, refused or failed at its end, and leaves something at the place of the bundle. */
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

  it('refuses a folder that holds something, and an unknown version', async () => {
    const refused = (promise: Promise<unknown>) => expect(promise).rejects
    await refused(workspace.bundles.package(version, { out: workspace.folder }, () => {})).toMatchObject({
      code: 'already-exists',
    })
    await refused(workspace.bundles.package({ name: 'churn', version: 9 }, {}, () => {})).toMatchObject({
      code: 'not-found',
    })
  })

  it('removes what it wrote when it is stopped', async () => {
    const out = join(workspace.folder, 'stopped', 'churn')
    const controller = new AbortController()
    const promise = workspace.bundles.package(version, { out, signal: controller.signal }, (event) => {
      if (event.type === 'running') controller.abort()
    })
    await expect(promise).rejects.toMatchObject({ code: 'cancelled' })
    expect(await readdir(dirname(out))).toEqual([])
  })

  it('holds the metrics to the gates of the model and of the call, and writes no bundle that misses one', async () => {
    const accuracy = workspace.sample.record.metrics.accuracy ?? 0
    await workspace.catalog.setGates('churn', [`accuracy >= ${accuracy - 0.01}`, 'accuracy >= champion'])
    const out = join(workspace.folder, 'gated')
    const report = await workspace.bundles.package(
      version,
      { out, gates: [`Accuracy >= ${accuracy + 0.01}`] },
      () => {},
    )
    await workspace.catalog.setGates('churn', [])
    expect(report.ok).toBe(false)
    const gates = report.checks.filter((check) => check.name.startsWith('Gate '))
    expect(gates.map((check) => check.status)).toEqual(['passed', 'not-tested', 'failed'])
    expect(await readdir(out).catch(() => null)).toBeNull()
    await expect(workspace.catalog.setGates('churn', ['auc > 1'])).rejects.toThrow('is not a metric gate')
    const refused = workspace.bundles.package(version, { out, gates: ['gini >= 1'] }, () => {})
    await expect(refused).rejects.toMatchObject({ code: 'invalid-input' })
  })

  it('does not write a bundle whose predictions are not those of training', async () => {
    const { record, files } = workspace.sample
    const changed = JSON.parse(new TextDecoder().decode(files.get('examples.json')))
    changed.probabilities[3][1] += 1e-15
    const wrong = new Map(files).set('examples.json', new TextEncoder().encode(JSON.stringify(changed)))
    const { version: number } = await workspace.catalog.register({ record, naive: {}, files: wrong })
    const out = join(workspace.folder, 'wrong')
    const report = await workspace.bundles.package({ name: 'churn', version: number }, { out }, () => {})
    expect(report.ok).toBe(false)
    const failed = report.checks.filter((check) => check.status === 'failed')
    expect(failed.map((check) => check.name)).toContain('Recorded rows through /predict')
    expect(failed[0]?.detail).toContain('1 of 40 rows differ')
    expect(await readdir(out).catch(() => null)).toBeNull()
  })

  it('does not package a damaged version, and the flipped byte is named by its file', async () => {
    const weights = join(workspace.catalog.folder('churn', 1), 'model/weights.bin')
    const before = await readFile(weights)
    const flipped = Buffer.from(before)
    flipped[9] = (flipped[9] ?? 0) ^ 1
    await writeFile(weights, flipped)
    const out = join(workspace.folder, 'damaged')
    await expect(workspace.bundles.package(version, { out }, () => {})).rejects.toMatchObject({
      code: 'integrity',
      message: expect.stringContaining('The file model/weights.bin of churn version 1 was changed'),
    })
    await writeFile(weights, before)
    expect(await readdir(out).catch(() => null)).toBeNull()
  })
})
