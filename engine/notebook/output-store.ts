import { createHash } from 'node:crypto'
import { readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { outputSchema } from '../../shared/notebook/cell-state.ts'
import { atomicWrite } from '../workspace/atomic-write.ts'

const storedSchema = z.strictObject({
  format: z.literal(1),
  /** Hash of the cell and all it depended on when it ran. */
  hash: z.string(),
  /** Files the cell read, each with its size and time then. */
  files: z.record(z.string(), z.string()),
  status: z.enum(['done', 'failed']),
  ms: z.number().nullable(),
  reason: z.string(),
  outputs: z.array(outputSchema),
})
export type StoredOutput = z.infer<typeof storedSchema>

/** A short name for a notebook's path, for folders and hidden relations. */
export function notebookKey(path: string): string {
  return createHash('sha256').update(path).digest('hex').slice(0, 16)
}

/** Outputs under `.slipway/outputs/<notebook>/<cell>.json`: shown at once on reopening, no part of the notebook file. */
export interface OutputStore {
  read(notebook: string, cell: string): Promise<StoredOutput | null>
  write(notebook: string, cell: string, output: Omit<StoredOutput, 'format'>): Promise<void>
  clear(notebook: string): Promise<void>
  /** Keeps the outputs of a notebook that got another path. */
  move(from: string, to: string): Promise<void>
  /** Forgets cells that the notebook no longer has. */
  prune(notebook: string, cells: ReadonlySet<string>): Promise<void>
}

export function createOutputStore(folder: string): OutputStore {
  const folderOf = (notebook: string) => join(folder, notebookKey(notebook))
  return {
    async read(notebook, cell) {
      try {
        const value: unknown = JSON.parse(await readFile(join(folderOf(notebook), `${cell}.json`), 'utf8'))
        const result = storedSchema.safeParse(value)
        // Written by another version or damaged: the cell counts as never run.
        return result.success ? result.data : null
      } catch {
        return null
      }
    },
    async write(notebook, cell, output) {
      const stored: StoredOutput = { format: 1, ...output }
      await atomicWrite(join(folderOf(notebook), `${cell}.json`), `${JSON.stringify(stored)}\n`)
    },
    clear: (notebook) => rm(folderOf(notebook), { recursive: true, force: true }),
    async move(from, to) {
      await rm(folderOf(to), { recursive: true, force: true })
      // Without outputs there is no folder, and nothing to keep.
      await rename(folderOf(from), folderOf(to)).catch(() => undefined)
    },
    async prune(notebook, cells) {
      const files = await readdir(folderOf(notebook)).catch(() => [])
      for (const file of files) {
        if (file.endsWith('.json') && !cells.has(file.slice(0, -5)))
          await rm(join(folderOf(notebook), file), { force: true })
      }
    },
  }
}
