import { readFile } from 'node:fs/promises'
import type { ModelVersion } from '../../shared/catalog/version.ts'
import type { Cell } from '../../shared/notebook/notebook.ts'

/** Null while a version still is what its notebook would train; else what changed, in one sentence. */
export type Staleness = (record: ModelVersion) => Promise<string | null>

interface StalenessDependencies {
  /** The absolute path of a workspace file. */
  resolve: (path: string) => Promise<string>
  parseNotebook: (text: string, name: string) => { cells: Cell[] }
  /** The hash that training recorded. */
  hashSources: (cells: readonly Cell[]) => string
}

/**
 * Compares the notebook on disk with the one that trained a version.
 * A notebook that was moved or cannot be read leaves nothing to compare with, which is said too.
 */
export function createStaleness({ resolve, parseNotebook, hashSources }: StalenessDependencies): Staleness {
  return async ({ provenance }) => {
    const { notebook, notebookHash } = provenance
    if (notebook === null || notebookHash === null) return null
    let text: string
    try {
      text = await readFile(await resolve(notebook), 'utf8')
    } catch {
      return `The notebook ${notebook} is not there any more.`
    }
    try {
      const { cells } = parseNotebook(text, notebook)
      return hashSources(cells) === notebookHash ? null : `${notebook} was edited after this version was trained.`
    } catch {
      return `The notebook ${notebook} cannot be read any more.`
    }
  }
}
