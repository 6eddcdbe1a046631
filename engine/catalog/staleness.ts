import { readFile, stat } from 'node:fs/promises'
import { isAbsolute, join } from 'node:path'
import { assertNever } from '../../shared/assert-never.ts'
import type { SourceCell, SourceFile, Sources, SourceTable } from '../../shared/catalog/sources.ts'
import type { ModelVersion } from '../../shared/catalog/version.ts'
import { parseNotebook } from '../../shared/notebook/codec.ts'
import type { Notebook } from '../../shared/notebook/notebook.ts'
import { sourceHash } from '../notebook/record-sources.ts'
import { sha256OfFile } from './content-digest.ts'
import { fileChanged, tableChanged } from './describe-change.ts'

/** Whether a version still is what its sources would train: what changed is named, and so is what cannot be told. */
export type Freshness =
  | { kind: 'current' }
  | { kind: 'stale'; says: string }
  | { kind: 'unknown'; says: string }

export type TableLook =
  | { kind: 'there'; table: SourceTable }
  | { kind: 'gone' }
  /** It is there, and this is why it cannot be read. */
  | { kind: 'unreadable'; problem: string }
  /** Another process holds the database, or reading takes too long. */
  | { kind: 'not now' }

export interface Staleness {
  (record: ModelVersion): Promise<Freshness>
  /** Tables may have changed: their fingerprints are taken again when they are asked for. */
  forgetTables(): void
  /** Absolute paths of all that was compared so far, to be watched. */
  watched(): readonly string[]
}

export interface StalenessParts {
  workspaceFolder: string
  workspaceId: string
  fingerprint: (relation: string) => Promise<TableLook>
  now?: () => number
}

/** A file is looked at once for all versions of a list. */
const freshMs = 400

/** Null where nothing changed; else how, or what could not be looked at. */
type Change = string | { untold: string } | null

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
 *
 * Paths and relations mean something in their own workspace only. In a shared catalog other workspaces' versions are
 * not looked up here; those that do not say where they were made are.
 */
export function createStaleness(parts: StalenessParts): Staleness {
  const { workspaceFolder, workspaceId, fingerprint, now = Date.now } = parts
  const looked = new Map<string, Looked>()
  const hashes = new Map<string, { stamp: string; hash: Promise<string> }>()
  const notebooks = new Map<string, { stamp: string; cells: Promise<Map<string, string> | null> }>()
  let tables = new Map<string, Promise<TableLook>>()

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
    return fileChanged(file, found)
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

  async function tableChange(table: SourceTable): Promise<Change> {
    const { relation } = table
    const taken = tables.get(relation) ?? fingerprint(relation)
    tables.set(relation, taken)
    const look = await taken
    switch (look.kind) {
      case 'gone':
        return `the table ${relation} is not there any more`
      case 'unreadable':
        return `the table ${relation} cannot be read any more (${look.problem})`
      case 'not now':
        return { untold: `the table ${relation}` }
      case 'there':
        return look.table.fingerprint === table.fingerprint ? null : tableChanged(table, look.table)
      default:
        return assertNever(look)
    }
  }

  async function changesOf(notebook: string, sources: Sources): Promise<Change[]> {
    const files = await Promise.all(sources.files.map(fileChange))
    const cells = await notebookChanges(notebook, sources)
    const changed = await Promise.all(sources.tables.map(tableChange))
    return [...files, ...changed, ...cells]
  }

  async function freshness({ provenance }: ModelVersion): Promise<Freshness> {
    const { notebook, sources, workspace } = provenance
    if (notebook === null || sources === undefined) return { kind: 'current' }
    if (workspace !== undefined && workspace.id !== workspaceId) {
      const says = `Made in another workspace, “${workspace.name}”: whether its sources changed cannot be told here.`
      return { kind: 'unknown', says }
    }
    const changes = await changesOf(notebook, sources)
    const told = changes.filter((change) => typeof change === 'string')
    if (told.length > 0) return { kind: 'stale', says: phrase(told) }
    const untold = changes.flatMap((change) => (typeof change === 'object' ? (change?.untold ?? []) : []))
    if (untold.length === 0) return { kind: 'current' }
    const says = `Whether ${untold.join(' and ')} changed cannot be told now: another process holds the database, or reading takes too long.`
    return { kind: 'unknown', says }
  }

  return Object.assign(freshness, {
    forgetTables() {
      tables = new Map()
    },
    watched: () => [...looked.keys()].map(absolute),
  })
}
