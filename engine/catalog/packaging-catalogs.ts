import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readdir, readFile, rm, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { z } from 'zod'
import { atomicWrite } from '../workspace/atomic-write.ts'

const noteSchema = z.strictObject({ catalog: z.string() })

/** A catalog that is gone for so long was not only on a disk that is not here today. */
const forgottenAfterMs = 90 * 86_400_000

/**
 * The catalogs that this user packaged bundles from. One file for each: the window and commands that note one at the
 * same time do not undo each other's note, and none falls off for the others.
 */
export interface PackagingCatalogs {
  /** Folders of those that are there. */
  list(): Promise<string[]>
  add(catalog: string): Promise<void>
}

export function createPackagingCatalogs(
  stateFolder: string,
  now: () => number = Date.now,
): PackagingCatalogs {
  const home = join(stateFolder, 'catalogs')

  async function read(name: string): Promise<string[]> {
    const file = join(home, name)
    const note = noteSchema.safeParse(JSON.parse(await readFile(file, 'utf8')))
    if (!note.success) return []
    const { catalog } = note.data
    if (existsSync(catalog)) return [catalog]
    if (now() - (await stat(file)).mtimeMs > forgottenAfterMs) await rm(file, { force: true })
    return []
  }

  return {
    async list() {
      const names = await readdir(home).catch(() => [])
      const found = names.filter((name) => name.endsWith('.json')).map((name) => read(name).catch(() => []))
      return (await Promise.all(found)).flat()
    },
    async add(catalog) {
      const folder = resolve(catalog)
      const name = createHash('sha256').update(folder).digest('hex').slice(0, 32)
      await atomicWrite(join(home, `${name}.json`), `${JSON.stringify({ catalog: folder })}\n`)
    },
  }
}
