import { existsSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { type Database, openDatabase } from './database.ts'

/**
 * The workspace's database, opened at the first query: listing models or starting a bundle
 * must work while another process holds the file.
 */
export function lazyDatabase(path: string, searchFolder: string): Database {
  let opening: Promise<Database> | null = null
  let closed = false
  return {
    path,
    async session() {
      if (closed) throw new Error(`The database ${path} was closed.`)
      opening ??= openDatabase(path, searchFolder)
      try {
        return await (await opening).session()
      } catch (error) {
        // A file that was locked may be free at the next try.
        opening = null
        throw error
      }
    },
    async bytes() {
      return existsSync(path) ? (await stat(path)).size : 0
    },
    close() {
      closed = true
      opening?.then((database) => database.close()).catch(() => {})
    },
  }
}
