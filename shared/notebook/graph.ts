import type { CellKind } from './notebook.ts'

/**
 * A name one cell gives to others. Each kind of name is a space of its own: a relation and an exported value may
 * share a word.
 */
export type CellSymbol = `relation:${string}` | `value:${string}` | `variable:${string}` | `model:${string}`

export interface CellNames {
  readonly id: string
  readonly kind: CellKind
  /** How messages call the cell. */
  readonly title: string
  readonly defines: readonly CellSymbol[]
  readonly uses: readonly CellSymbol[]
  /** Models of which the cell registers new versions. */
  readonly registers?: readonly string[]
}

export interface Graph {
  /** Every cell once, each after all it needs; cells that do not depend on each other stay in document order. */
  readonly order: readonly string[]
  /** Direct. */
  readonly upstream: ReadonlyMap<string, readonly string[]>
  readonly downstream: ReadonlyMap<string, readonly string[]>
  /** Why a cell cannot run: it is part of a cycle, or another cell defines the same name. */
  readonly problems: ReadonlyMap<string, string>
}

export function relationSymbol(name: string): CellSymbol {
  const plain = name.toLowerCase()
  return `relation:${plain.startsWith('main.') ? plain.slice(5) : plain}`
}

/** A model version that a cell reads: `name`, `name:3` or `name@champion`. */
export function modelSymbol(reference: string): CellSymbol {
  return `model:${reference}`
}

function wordOf(symbol: CellSymbol): string {
  return symbol.slice(symbol.indexOf(':') + 1)
}

/** Everything reachable from `ids` over `edges`, without `ids` themselves unless a cycle leads back. */
export function reach(edges: ReadonlyMap<string, readonly string[]>, ids: Iterable<string>): Set<string> {
  const found = new Set<string>()
  const open = [...ids]
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    for (const next of edges.get(id) ?? []) {
      if (!found.has(next)) {
        found.add(next)
        open.push(next)
      }
    }
  }
  return found
}

function doubleDefinitions(
  cells: readonly CellNames[],
  owner: Map<CellSymbol, CellNames>,
): Map<string, string> {
  const problems = new Map<string, string>()
  // A cell that is called what it defines: its title would only repeat the word.
  const other = (cell: CellNames, word: string) => (cell.title === `"${word}"` ? 'another cell' : cell.title)
  for (const cell of cells) {
    for (const symbol of cell.defines) {
      const first = owner.get(symbol)
      if (!first) owner.set(symbol, cell)
      else if (first.id !== cell.id) {
        const word = wordOf(symbol)
        problems.set(cell.id, `"${word}" is already defined by ${other(first, word)}. Rename one of them.`)
        if (!problems.has(first.id)) {
          problems.set(first.id, `"${word}" is also defined by ${other(cell, word)}. Rename one of them.`)
        }
      }
    }
  }
  return problems
}

class Edges {
  readonly upstream = new Map<string, string[]>()
  readonly downstream = new Map<string, string[]>()
  constructor(cells: readonly CellNames[]) {
    for (const cell of cells) {
      this.upstream.set(cell.id, [])
      this.downstream.set(cell.id, [])
    }
  }
  add(from: string, to: string): void {
    const ups = this.upstream.get(to)
    if (!ups || ups.includes(from)) return
    ups.push(from)
    this.downstream.get(from)?.push(to)
  }
}

/**
 * A check stands between a relation and whoever else reads it: where the check fails, they do not run.
 * An edge that would close a circle is left out, so checks never make a notebook unrunnable.
 */
function addGates(cells: readonly CellNames[], edges: Edges): void {
  for (const check of cells) {
    if (check.kind !== 'check') continue
    for (const cell of cells) {
      if (cell.kind === 'check' || cell.kind === 'markdown') continue
      if (!cell.uses.some((symbol) => check.uses.includes(symbol))) continue
      if (!reach(edges.downstream, [cell.id]).has(check.id)) edges.add(check.id, cell.id)
    }
  }
}

/**
 * Whoever reads the newest version of a model comes after the cells that register one; a fixed version or an alias
 * stays where it is when they run. An edge that would close a circle is left out.
 */
function addRegistrations(cells: readonly CellNames[], edges: Edges): void {
  for (const trainer of cells) {
    for (const name of trainer.registers ?? []) {
      for (const cell of cells) {
        if (cell.id === trainer.id || !cell.uses.includes(modelSymbol(name))) continue
        if (!reach(edges.downstream, [cell.id]).has(trainer.id)) edges.add(trainer.id, cell.id)
      }
    }
  }
}

function orderOf(cells: readonly CellNames[], edges: Edges, problems: Map<string, string>): string[] {
  const order: string[] = []
  const done = new Set<string>()
  const waiting = new Map(cells.map((cell) => [cell.id, cell]))
  while (waiting.size > 0) {
    const ready = [...waiting.values()].find((cell) =>
      (edges.upstream.get(cell.id) ?? []).every((id) => done.has(id)),
    )
    // Nothing ready: a circle is left. Its cells keep document order and say why they cannot run; of several circles
    // the one that needs no other comes first.
    const next =
      ready ??
      [...waiting.values()].find((cell) => {
        const behind = reach(edges.downstream, [cell.id])
        return (edges.upstream.get(cell.id) ?? []).every((id) => done.has(id) || behind.has(id))
      })
    if (!next) break
    if (!ready) {
      const circle = cells.filter(
        (cell) =>
          reach(edges.downstream, [next.id]).has(cell.id) && reach(edges.downstream, [cell.id]).has(next.id),
      )
      for (const cell of circle) {
        const others = circle.filter((other) => other.id !== cell.id).map((other) => other.title)
        problems.set(
          cell.id,
          others.length === 0
            ? 'The cell reads what it defines itself. Give its result another name.'
            : `The cell and ${others.join(', ')} need each other. Break the circle by renaming a result.`,
        )
      }
    }
    waiting.delete(next.id)
    done.add(next.id)
    order.push(next.id)
  }
  return order
}

/** The dependency graph of a notebook's cells, in document order. */
export function buildGraph(cells: readonly CellNames[]): Graph {
  const owner = new Map<CellSymbol, CellNames>()
  const problems = doubleDefinitions(cells, owner)
  const edges = new Edges(cells)
  for (const cell of cells) {
    for (const symbol of cell.uses) {
      const source = owner.get(symbol)
      if (source) edges.add(source.id, cell.id)
    }
  }
  addRegistrations(cells, edges)
  addGates(cells, edges)
  const order = orderOf(cells, edges, problems)
  return { order, upstream: edges.upstream, downstream: edges.downstream, problems }
}
