import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { ModelVersion } from '../../shared/catalog/version.ts'
import { parseNotebook, serializeNotebook } from '../../shared/notebook/codec.ts'

/** Null while a version still is what its notebook would train; else what changed, in one sentence. */
export type Staleness = (record: ModelVersion) => Promise<string | null>

/**
 * Compares the notebook on disk with the one that trained a version.
 * A notebook that was moved or cannot be read leaves nothing to compare with, which is said too.
 *
 * @param resolve gives the absolute path of a workspace file
 */
export function createStaleness(resolve: (path: string) => Promise<string>): Staleness {
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
      const canonical = serializeNotebook(parseNotebook(text, notebook))
      const hash = createHash('sha256').update(canonical).digest('hex')
      return hash === notebookHash ? null : `${notebook} was edited after this version was trained.`
    } catch {
      return `The notebook ${notebook} cannot be read any more.`
    }
  }
}
