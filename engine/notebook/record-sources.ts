import { createHash } from 'node:crypto'
import type { SourceCell, SourceFile, Sources, SourceTable } from '../../shared/catalog/sources.ts'
import { type CellSymbol, type Graph, reach } from '../../shared/notebook/graph.ts'
import type { Cell } from '../../shared/notebook/notebook.ts'
import type { Session } from '../data/database.ts'
import { relationFingerprint } from '../data/relation-fingerprint.ts'
import type { AnalysedCell } from './analyse-cell.ts'
import { relationExists } from './cell-relation.ts'
import { filesRead } from './files-read.ts'
import { hashFile } from './hash-file.ts'

/** A cell's own code, without what it depends on. */
export function sourceHash(cell: Pick<Cell, 'kind' | 'name' | 'source' | 'materialize'>): string {
  const own = [cell.kind, cell.name, cell.source, cell.materialize ?? '']
  return createHash('sha256').update(JSON.stringify(own)).digest('hex')
}

const relationPrefix = 'relation:'

function relationsOf(symbols: readonly CellSymbol[]): string[] {
  return symbols
    .filter((symbol) => symbol.startsWith(relationPrefix))
    .map((symbol) => symbol.slice(relationPrefix.length))
}

interface Asked {
  cells: readonly AnalysedCell[]
  graph: Graph
  /** The train cell. */
  cell: string
  workspaceFolder: string
  session: Session
}

/** What a train cell depends on at this moment. Checks are passed over: they decide whether it runs, not on what. */
export async function recordSources({
  cells,
  graph,
  cell,
  workspaceFolder,
  session,
}: Asked): Promise<Sources> {
  const before = reach(graph.upstream, [cell])
  const byId = new Map(cells.map((analysed) => [analysed.cell.id, analysed]))
  const chain = graph.order
    .filter((id) => id === cell || before.has(id))
    .flatMap((id) => byId.get(id) ?? [])
    .filter((analysed) => analysed.cell.kind !== 'check')
  const ids = new Set(chain.map((analysed) => analysed.cell.id))
  const made = new Set(cells.flatMap(({ names }) => names.defines))
  const files = new Map<string, SourceFile>()
  const tables = new Map<string, SourceTable | null>()
  const sources: SourceCell[] = []
  for (const analysed of chain) {
    const read = await filesRead(analysed, workspaceFolder)
    for (const { path, absolute, bytes, modified } of read) {
      if (files.has(path)) continue
      const sha256 = await hashFile(absolute)
      files.set(path, { path, bytes, modified: modified.toISOString(), sha256 })
    }
    const outside = relationsOf(analysed.names.uses.filter((symbol) => !made.has(symbol)))
    for (const relation of outside) {
      if (tables.has(relation)) continue
      // A path is read as a relation too; those are the files.
      const known = await relationExists(session, relation)
      // One that cannot be read stops the cell that reads it, not the record of what led to the version.
      const taken = known ? await relationFingerprint(session, relation).catch(() => null) : null
      tables.set(relation, taken)
    }
    sources.push({
      id: analysed.cell.id,
      title: analysed.names.title,
      kind: analysed.cell.kind,
      hash: sourceHash(analysed.cell),
      upstream: (graph.upstream.get(analysed.cell.id) ?? []).filter((id) => ids.has(id)),
      defines: relationsOf(analysed.names.defines),
      files: read.map(({ path }) => path),
      tables: outside.filter((relation) => tables.get(relation)),
    })
  }
  return {
    cells: sources,
    files: [...files.values()],
    tables: [...tables.values()].filter((table) => table !== null),
  }
}
