import { readdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type StoredReport, storedReportSchema } from '../../shared/bundle/stored-report.ts'
import type { VersionRef } from '../../shared/contract/models.ts'
import { decodeJson } from '../../shared/decode.ts'
import type { Catalog } from '../catalog/catalog.ts'
import { atomicWrite } from '../workspace/atomic-write.ts'

/** The verification reports of model versions, one for each target, beside the versions, which themselves never change. */
export interface StoredReports {
  /** Newest first. @throws Failure naming a file that is no report */
  list(ref: VersionRef): Promise<StoredReport[]>
  /** Replaces the earlier one of the same target. */
  save(report: StoredReport): Promise<void>
}

export function createStoredReports(catalog: Pick<Catalog, 'folder'>): StoredReports {
  const folderOf = ({ name, version }: VersionRef) => join(dirname(catalog.folder(name, version)), 'reports')
  return {
    async list(ref) {
      const folder = folderOf(ref)
      const names = await readdir(folder).catch(() => [])
      const own = names.filter((name) => name.startsWith(`${ref.version}-`) && name.endsWith('.json'))
      const reports = own.map(async (name) => {
        const path = join(folder, name)
        return decodeJson(storedReportSchema, await readFile(path, 'utf8'), path)
      })
      return (await Promise.all(reports)).sort((a, b) => (a.created < b.created ? 1 : -1))
    },
    async save(report) {
      const path = join(folderOf(report), `${report.version}-${report.target}.json`)
      await atomicWrite(path, `${JSON.stringify(report, null, 2)}\n`)
    },
  }
}
