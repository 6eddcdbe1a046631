import { createHash } from 'node:crypto'
import type { Graph } from '../../shared/notebook/graph.ts'
import type { Cell } from '../../shared/notebook/notebook.ts'

/**
 * One hash a cell over its own code and, through the graph, over the code of all it depends on: an output made under
 * the same hash is current. `params` are the values given to a parametrised run, `versions` the model versions that
 * a cell's references point to.
 */
export function cellHashes(
  cells: readonly Cell[],
  graph: Graph,
  params: Readonly<Record<string, unknown>> = {},
  versions: ReadonlyMap<string, readonly string[]> = new Map(),
): Map<string, string> {
  const byId = new Map(cells.map((cell) => [cell.id, cell]))
  const hashes = new Map<string, string>()
  for (const id of graph.order) {
    const cell = byId.get(id)
    if (!cell) continue
    const inputs = (graph.upstream.get(id) ?? []).map((up) => hashes.get(up) ?? '').sort()
    const own: unknown[] = [cell.kind, cell.name, cell.source, cell.materialize ?? '', inputs, params]
    const read = versions.get(id) ?? []
    if (read.length > 0) own.push(read)
    hashes.set(id, createHash('sha256').update(JSON.stringify(own)).digest('hex'))
  }
  return hashes
}
