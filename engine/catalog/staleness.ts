import { readFile, stat } from 'node:fs/promises'
import { isAbsolute, join } from 'node:path'
import type { SourceCell, SourceFile, Sources, SourceTable } from '../../shared/catalog/sources.ts'
import type { ModelVersion } from '../../shared/catalog/version.ts'
import { parseNotebook } from '../../shared/notebook/codec.ts'
import type { Notebook } from '../../shared/notebook/notebook.ts'
import { sourceHash } from '../notebook/record-sources.ts'
import { sha256OfFile } from './content-digest.ts'

/** Null while a version still is what its sources would train; else what changed, naming it. */
export interface Staleness {
  (record: ModelVersion): Promise<string | null>
  /** Tables may have changed: their fingerprints are taken again when they are asked for. */
  forgetTables(): void
  /** Absolute paths of all that was compared so far, to be watched. */
  watched(): readonly string[]
}

export interface StalenessParts {
  workspaceFolder: string
  /** Null where the table is gone; `undefined` where it cannot be looked at now. */
  fingerprint: (relation: string) => Promise<SourceTable | null | undefined>
  now?: () => number
}

/** A file is looked at once for all versions of a list. */
const freshMs = 400

interface Looked {
  at: number
  /** Null where it is missing. */
  found: Promise<{ bytes: number; modified: number } | null>
}

function phrase(changes: readonly string[]): string {
  const shown = changes.slice(0, 3)
  const more = changes.length - shown.length
  return `${shown.join('; ')}${more > 0 ? `; and ${more} more` : ''}.`.replace(/^./, (first) =>
    first.toUpperCase(),
  )
}

/**
 * Compares what a version was trained from with what is there now: its cells and the cells before them, the files
 * these read, and the tables they take from the database. What does not lead to the version does not count.
 *
 * Many versions share few sources, so each file, notebook and table is looked at once for all of them, and a
 * content hash is taken only where size and time say that the file was written again.
 */
export function createStaleness({ workspaceFolder, fingerprint, now = Date.now }: StalenessParts): Staleness {
  const looked = new Map<string, Looked>()
  const hashes = new Map<string, { stamp: string; hash: Promise<string> }>()
  const notebooks = new Map<string, { stamp: string; cells: Promise<Map<string, string> | null> }>()
  let tables = new Map<string, Promise<SourceTable | null | undefined>>()

  const absolute = (path: string) => (isAbsolute(path) ? path : join(workspaceFolder, path))

  function look(path: string): Looked['found'] {
    const known = looked.get(path)
    if (known && now() - known.at < freshMs) return known.found
    const found = stat(absolute(path)).then(
      ({ size, mtimeMs }) => ({ bytes: size, modified: Math.floor(mtimeMs) }),
      () => null,
    )
    looked.set(path, { at: now(), found })
    return found
  }

  async function hashOf(path: string, stamp: string): Promise<string> {
    const known = hashes.get(path)
    if (known?.stamp === stamp) return known.hash
    const hash = sha256OfFile(absolute(path))
    hashes.set(path, { stamp, hash })
    hash.catch(() => hashes.delete(path))
    return hash
  }

  async function fileChange(file: SourceFile): Promise<string | null> {
    const found = await look(file.path)
    if (found === null) return `the file ${file.path} is not there any more`
    if (found.bytes === file.bytes && found.modified === Date.parse(file.modified)) return null
    if (found.bytes === file.bytes) {
      const same = await hashOf(file.path, `${found.bytes} ${found.modified}`).catch(() => null)
      if (same === file.sha256) return null
    }
    return `the file ${file.path} changed`
  }

  async function readCells(notebook: string): Promise<Map<string, string> | null> {
    let parsed: Notebook
    try {
      parsed = parseNotebook(await readFile(absolute(notebook), 'utf8'), notebook)
    } catch {
      return null
    }
    return new Map(parsed.cells.map((cell) => [cell.id, sourceHash(cell)]))
  }

  async function cellsOf(notebook: string): Promise<Map<string, string> | null | 'missing'> {
    const found = await look(notebook)
    if (found === null) return 'missing'
    const stamp = `${found.bytes} ${found.modified}`
    const known = notebooks.get(notebook)
    if (known?.stamp === stamp) return known.cells
    const cells = readCells(notebook)
    notebooks.set(notebook, { stamp, cells })
    return cells
  }

  function cellChange(cell: SourceCell, cells: ReadonlyMap<string, string>): string | null {
    const what = cell.title.startsWith('"') ? `the ${cell.kind} cell ${cell.title}` : `the ${cell.title}`
    const hash = cells.get(cell.id)
    if (hash === undefined) return `${what} was removed`
    return hash === cell.hash ? null : `${what} was edited`
  }

  async function notebookChanges(notebook: string, sources: Sources): Promise<string[]> {
    const cells = await cellsOf(notebook)
    if (cells === 'missing') return [`the notebook ${notebook} is not there any more`]
    if (cells === null) return [`the notebook ${notebook} cannot be read any more`]
    return sources.cells.flatMap((cell) => cellChange(cell, cells) ?? [])
  }

  async function tableChange(table: SourceTable): Promise<string | null> {
    const { relation } = table
    const taken = tables.get(relation) ?? fingerprint(relation)
    tables.set(relation, taken)
    const found = await taken
    if (found === undefined) return null
    if (found === null) return `the table ${relation} is not there any more`
    if (found.fingerprint === table.fingerprint) return null
    const rows = found.rows === table.rows ? '' : ` from ${table.rows} to ${found.rows} rows`
    return `the table ${relation} changed${rows}`
  }

  async function changesOf({ provenance }: ModelVersion): Promise<string[]> {
    const { notebook, sources } = provenance
    if (notebook === null || sources === undefined) return []
    const files = await Promise.all(sources.files.map(fileChange))
    const cells = await notebookChanges(notebook, sources)
    const changed = await Promise.all(sources.tables.map(tableChange))
    return [...files, ...changed, ...cells].filter((change) => change !== null)
  }

  return Object.assign(
    async (record: ModelVersion) => {
      const changes = await changesOf(record)
      return changes.length === 0 ? null : phrase(changes)
    },
    {
      forgetTables() {
        tables = new Map()
      },
      watched: () => [...looked.keys()].map(absolute),
    },
  )
}
