import { createHash } from 'node:crypto'
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { type Edit, editSchema } from '../../shared/contract/notebook.ts'
import { Failure } from '../../shared/failure.ts'
import { applyEdits } from '../../shared/notebook/apply-edits.ts'
import { parseNotebook, serializeNotebook } from '../../shared/notebook/codec.ts'
import type { Notebook } from '../../shared/notebook/notebook.ts'
import { atomicWrite, writeFailure } from '../workspace/atomic-write.ts'

const journalSchema = z.strictObject({ before: z.string(), edits: z.array(editSchema) })

/**
 * The file of one notebook. An edit is on disk, in the journal, before the file is replaced; after a crash between
 * the two the journal completes it.
 */
export interface NotebookFile {
  /** @throws Failure naming the notebook when it is missing or broken */
  load(): Promise<Notebook>
  /** Whether another program has written the file since it was last loaded or saved. */
  changedOnDisk(): Promise<boolean>
  /** @throws Failure `conflict` when another program wrote the file, `disk-full`; the file is then as it was */
  save(notebook: Notebook, edits: readonly Edit[]): Promise<void>
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

async function writeDurably(path: string, text: string, named: string): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true })
    const file = await open(path, 'w')
    try {
      await file.writeFile(text)
      await file.sync()
    } finally {
      await file.close()
    }
  } catch (error) {
    await rm(path, { force: true })
    throw writeFailure(error, named)
  }
}

/**
 * @param name how messages call the file
 * @param journal where edits stand until they are in the file
 * @param write injected so that tests can fill the disk
 */
export function createNotebookFile(
  path: string,
  name: string,
  journal: string,
  write: (path: string, text: string) => Promise<void> = atomicWrite,
): NotebookFile {
  let known = ''

  const readText = async () => {
    try {
      return await readFile(path, 'utf8')
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : ''
      const missing = code === 'ENOENT' || code === 'ENOTDIR'
      throw new Failure(
        missing ? 'not-found' : 'failed',
        missing ? `There is no notebook ${name}.` : `The notebook ${name} cannot be read (${code}).`,
        missing ? 'Check the path, or create the notebook.' : 'Check that it is a file that you may read.',
      )
    }
  }

  /** What a crash left in the journal, if it belongs to the file as it stands. */
  const recover = async (text: string, notebook: Notebook): Promise<Notebook> => {
    const left = await readFile(journal, 'utf8').catch(() => null)
    if (left === null) return notebook
    try {
      const entry = journalSchema.parse(JSON.parse(left))
      if (entry.before !== hashOf(text)) {
        // The edits reached the file, or the file is another one by now; kept beside for the curious.
        await rename(journal, `${journal}.old`)
        return notebook
      }
      const recovered = applyEdits(notebook, entry.edits)
      const recoveredText = serializeNotebook(recovered)
      await write(path, recoveredText)
      known = hashOf(recoveredText)
      await rm(journal, { force: true })
      return recovered
    } catch {
      // Cut off while it was written: the edit was never acknowledged.
      await rm(journal, { force: true })
      return notebook
    }
  }

  return {
    async load() {
      const text = await readText()
      const notebook = parseNotebook(text, name)
      known = hashOf(text)
      return recover(text, notebook)
    },
    async changedOnDisk() {
      return hashOf(await readText()) !== known
    },
    async save(notebook, edits) {
      const current = await readText()
      if (hashOf(current) !== known) {
        throw new Failure(
          'conflict',
          `${name} was changed by another program since it was opened here. Nothing was overwritten.`,
          'Reload the notebook to see the other version, then edit again.',
        )
      }
      const text = serializeNotebook(notebook)
      await writeDurably(journal, `${JSON.stringify({ before: known, edits })}\n`, path)
      try {
        await write(path, text)
        known = hashOf(text)
      } finally {
        await rm(journal, { force: true })
      }
    },
  }
}

/** Where a notebook's journal is. */
export function journalPath(workspaceFolder: string, key: string): string {
  return join(workspaceFolder, '.slipway', 'journal', `${key}.json`)
}
