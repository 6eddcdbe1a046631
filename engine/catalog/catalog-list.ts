import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { type ModelState, metadataOf } from '../../shared/catalog/model-state.ts'
import { type Aliases, type ModelVersion, versionFiles } from '../../shared/catalog/version.ts'
import type { DamagedModel } from '../../shared/contract/models.ts'
import { Failure } from '../../shared/failure.ts'
import type { CatalogEntry } from './catalog.ts'
import { modelNames } from './catalog-folders.ts'

interface CatalogListParts {
  folder: string
  /** Those that are not deleted, ascending. */
  versions(name: string): Promise<number[]>
  state(name: string): Promise<ModelState>
  read(name: string, version: number): Promise<ModelVersion>
}

export function aliasesOf(all: Aliases, version: number): string[] {
  return Object.keys(all)
    .filter((alias) => all[alias] === version)
    .sort()
}

/** What stands in the list in the place of what cannot be read. Any other error is a bug. */
function damageOf(name: string, version: number | null, error: unknown): DamagedModel {
  if (error instanceof Failure) return { name, version, problem: error.message, whatToDo: error.whatToDo }
  if (!(error instanceof Error && 'syscall' in error)) throw error
  const problem = `The model ${name} cannot be read: ${error.message}.`
  return { name, version, problem, whatToDo: 'Make its folder readable.' }
}

/** The versions of all models. What is damaged is told beside, and keeps nothing else from being listed. */
export function createCatalogList({ folder, versions, state, read }: CatalogListParts) {
  /** Records by their file; kept while the file is the same. */
  const records = new Map<string, { stamp: string; record: Promise<ModelVersion> }>()
  const recordFile = (name: string, version: number) =>
    join(folder, name, String(version), versionFiles.record)

  async function listed(name: string, version: number): Promise<ModelVersion> {
    const path = recordFile(name, version)
    const found = await stat(path).catch(() => null)
    const stamp = `${found?.mtimeMs}:${found?.size}`
    const before = records.get(path)
    if (before?.stamp === stamp) return before.record
    const record = read(name, version)
    records.set(path, { stamp, record })
    record.catch(() => records.delete(path))
    return record
  }

  async function entryOrDamage(name: string, version: number, now: ModelState) {
    try {
      const record = await listed(name, version)
      return [{ record, aliases: aliasesOf(now.aliases, version), metadata: metadataOf(now, version) }]
    } catch (error) {
      // Another workbench may have deleted it while it was read.
      return (await versions(name)).includes(version) ? [damageOf(name, version, error)] : []
    }
  }

  async function survey(): Promise<(CatalogEntry | DamagedModel)[]> {
    const all: (CatalogEntry | DamagedModel)[] = []
    for (const name of await modelNames(folder)) {
      try {
        const now = await state(name)
        const newestFirst = (await versions(name)).reverse()
        const found = await Promise.all(newestFirst.map((version) => entryOrDamage(name, version, now)))
        all.push(...found.flat())
      } catch (error) {
        all.push(damageOf(name, null, error))
      }
    }
    return all
  }

  return {
    list: async () => (await survey()).filter((one) => 'record' in one),
    damaged: async () => (await survey()).filter((one) => 'problem' in one),
    forget: (name: string, version: number) => records.delete(recordFile(name, version)),
  }
}
