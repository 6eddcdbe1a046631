import { createHash } from 'node:crypto'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Check, Report } from '../../shared/bundle/check.ts'
import type { Target } from '../../shared/bundle/manifest.ts'
import { signedFileText } from '../../shared/bundle/signed-files.ts'
import { type StoredReport, storedReportFile, storedReportSchema } from '../../shared/bundle/stored-report.ts'
import type { VersionRef } from '../../shared/contract/models.ts'
import { decodeJson } from '../../shared/decode.ts'
import type { Catalog } from '../catalog/catalog.ts'
import { atomicWrite } from '../workspace/atomic-write.ts'
import { hostTarget } from './read-bundle.ts'
import type { Signer } from './signing-key.ts'

/** The verification reports of model versions, one for each target, beside the versions, which themselves never change. */
export interface StoredReports {
  /** Newest first. @throws Failure naming a file that is no report */
  list(ref: VersionRef): Promise<StoredReport[]>
  /**
   * Writes the report of a bundle into it, signed as its manifest is. Packaging the very same files again gives the same bytes, so a report of them with the same outcomes
   * stays, with the time and the figures it had.
   */
  write(
    ref: VersionRef,
    bundle: string,
    report: Report,
    made: { target: Target; slipway: string },
  ): Promise<StoredReport>
  /** Keeps it with its version, instead of the earlier one of its target. */
  keep(report: StoredReport): Promise<void>
}

const outcome = (checks: readonly Check[]) => checks.map(({ name, status }) => `${name} ${status}`).join()

export function createStoredReports(
  catalog: Pick<Catalog, 'folder'>,
  signer: Pick<Signer, 'sign'>,
): StoredReports {
  const folderOf = ({ name, version }: VersionRef) => join(dirname(catalog.folder(name, version)), 'reports')

  async function list(ref: VersionRef): Promise<StoredReport[]> {
    const folder = folderOf(ref)
    const names = await readdir(folder).catch(() => [])
    const own = names.filter((name) => name.startsWith(`${ref.version}-`) && name.endsWith('.json'))
    const reports = own.map(async (name) => {
      const path = join(folder, name)
      return decodeJson(storedReportSchema, await readFile(path, 'utf8'), path)
    })
    return (await Promise.all(reports)).sort((a, b) => (a.created < b.created ? 1 : -1))
  }

  return {
    list,
    async write(ref, bundle, { ok, bytes, checks }, { target, slipway }) {
      const manifest = createHash('sha256')
        .update(await readFile(join(bundle, 'manifest.json')))
        .digest('hex')
      const earlier = (await list(ref)).find((one) => one.target === target && one.manifest === manifest)
      const same = earlier !== undefined && outcome(earlier.checks) === outcome(checks)
      const where = { slipway, node: process.versions.node, platform: hostTarget() }
      const created = new Date().toISOString()
      const report: StoredReport = same
        ? earlier
        : { format: 1, ...ref, target, created, manifest, ...where, ok, bytes, checks }
      const signed = await signer.sign(report)
      await writeFile(join(bundle, storedReportFile), signedFileText(signed), { flush: true })
      return signed
    },
    async keep(report) {
      const path = join(folderOf(report), `${report.version}-${report.target}.json`)
      const text = signedFileText(report)
      if ((await readFile(path, 'utf8').catch(() => null)) !== text) await atomicWrite(path, text)
    },
  }
}
