import { readdir, stat } from 'node:fs/promises'
import { extname, join } from 'node:path'
import type { FileEntry } from '../../shared/contract/workspace.ts'

const dataExtensions = ['.csv', '.tsv', '.parquet', '.json', '.ndjson', '.jsonl']
const most = 5_000

function kindOf(name: string): FileEntry['kind'] {
  const extension = extname(name).toLowerCase()
  if (extension === '.ipynb') return 'notebook'
  if (name !== 'slipway.json' && dataExtensions.includes(extension)) return 'data'
  return 'other'
}

/** One file or folder of a workspace; `path` is relative with `/`. */
export async function fileEntry(workspace: string, path: string): Promise<FileEntry> {
  const found = await stat(join(workspace, path))
  return {
    path,
    kind: found.isDirectory() ? 'folder' : kindOf(path),
    bytes: found.isDirectory() ? 0 : found.size,
    modified: found.mtime.toISOString(),
  }
}

/** Files and folders, folders first, without hidden ones and `node_modules`; the first 5,000. */
export async function listFiles(workspace: string): Promise<FileEntry[]> {
  const found: FileEntry[] = []
  const walk = async (folder: string) => {
    const entries = await readdir(join(workspace, folder), { withFileTypes: true }).catch(() => [])
    entries.sort((a, b) => Number(b.isDirectory()) - Number(a.isDirectory()) || a.name.localeCompare(b.name))
    for (const entry of entries) {
      if (entry.name.startsWith('.') || entry.name === 'node_modules' || found.length >= most) continue
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`
      if (entry.isDirectory()) {
        found.push(await fileEntry(workspace, path))
        await walk(path)
      } else if (entry.isFile()) {
        // Removed between the listing and here: not an error.
        const file = await fileEntry(workspace, path).catch(() => null)
        if (file) found.push(file)
      }
    }
  }
  await walk('')
  return found
}
