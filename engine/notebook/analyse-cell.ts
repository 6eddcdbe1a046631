import { decodeJson } from '../../shared/decode.ts'
import { Failure } from '../../shared/failure.ts'
import { chartSpecSchema } from '../../shared/notebook/chart-spec.ts'
import { type CellNames, type CellSymbol, relationSymbol } from '../../shared/notebook/graph.ts'
import type { Cell, CellKind } from '../../shared/notebook/notebook.ts'
import { modelNamePattern, type TrainSpec, trainSpecSchema } from '../../shared/notebook/train-spec.ts'
import type { Session } from '../data/database.ts'
import { analyseSql, type SqlAnalysis } from './sql/sql-analysis.ts'
import { analyseTypescript, type TypescriptAnalysis } from './typescript/typescript-analysis.ts'

/** What a cell needs and gives, and all that running it takes from its source. */
export interface AnalysedCell {
  readonly cell: Cell
  readonly names: CellNames
  /** The result lives in the session (worker, connection) and goes with it. */
  readonly sessionBound: boolean
  /** Why the source cannot run, found before running it. */
  readonly problem: Failure | null
  readonly sql: SqlAnalysis | null
  readonly typescript: TypescriptAnalysis | null
}

/** How messages call a cell. */
export function cellTitle(cell: Cell, index: number): string {
  return cell.name === '' ? `${cell.kind} cell ${index + 1}` : `"${cell.name}"`
}

type Parts = Omit<AnalysedCell, 'cell' | 'names'> & {
  defines: readonly CellSymbol[]
  uses: readonly CellSymbol[]
  registers?: readonly string[]
}

const empty: Parts = {
  defines: [],
  uses: [],
  sessionBound: false,
  problem: null,
  sql: null,
  typescript: null,
}

async function sqlParts(session: Session, cell: Cell): Promise<Parts> {
  const sql = await analyseSql(session, cell.source)
  const gives = sql.statements.at(-1)?.head.type
  // What is no statement yet, such as a slip of the pen in SELECT, would give the cell's relation once it is right.
  const own = gives === 'select' || gives === 'pivot' || gives === 'other' ? relationSymbol(cell.name) : null
  const defines = cell.name !== '' && own ? [...new Set([...sql.defines, own])] : sql.defines
  return { ...empty, defines, uses: sql.uses, sessionBound: sql.leavesInSession, sql }
}

async function checkParts(session: Session, cell: Cell): Promise<Parts> {
  const sql = await analyseSql(session, cell.source)
  return { ...empty, uses: sql.uses, sql }
}

/** `from` can often be read of a spec that has other errors, which keeps the graph steady while typing. */
function looseFrom(source: string): CellSymbol[] {
  const from = /"from"\s*:\s*"([^"\\]+)"/.exec(source)?.[1]
  return from === undefined ? [] : [relationSymbol(from)]
}

async function typescriptParts(session: Session, cell: Cell): Promise<Parts> {
  try {
    const typescript = await analyseTypescript(cell.source)
    const uses = new Set<CellSymbol>([...typescript.tables, ...typescript.models])
    const defines = new Set<CellSymbol>(typescript.exports.map((name): CellSymbol => `value:${name}`))
    for (const name of typescript.free) uses.add(`value:${name}`)
    for (const text of typescript.sqlTexts) {
      const sql = await analyseSql(session, text)
      for (const symbol of sql.defines) defines.add(symbol)
      for (const symbol of sql.uses) uses.add(symbol)
    }
    for (const symbol of defines) uses.delete(symbol)
    return {
      ...empty,
      defines: [...defines],
      uses: [...uses],
      sessionBound: typescript.exports.length > 0,
      typescript,
      registers: typescript.registers,
    }
  } catch (error) {
    if (error instanceof Failure) return { ...empty, problem: error }
    throw error
  }
}

/** How messages that are about a JSON cell begin. */
function jsonTitle(cell: Cell, title: string): string {
  return cell.name === '' ? `The ${title}` : `The ${cell.kind} cell ${title}`
}

/** @throws Failure naming the cell and the key */
export function trainSpecOf(cell: Cell, title: string): TrainSpec {
  return decodeJson(trainSpecSchema, cell.source, jsonTitle(cell, title))
}

/** @throws Failure naming the cell and the key */
export function chartSpecOf(cell: Cell, title: string) {
  return decodeJson(chartSpecSchema, cell.source, jsonTitle(cell, title))
}

/** What the catalog calls the model of a cell that does not say. */
export function trainedName(cell: Cell, spec: TrainSpec): string {
  return modelNamePattern.test(cell.name) ? cell.name : spec.target
}

function jsonParts(cell: Cell, read: () => readonly string[]): Parts {
  try {
    return { ...empty, uses: read().map(relationSymbol) }
  } catch (error) {
    if (error instanceof Failure) return { ...empty, uses: looseFrom(cell.source), problem: error }
    throw error
  }
}

const analysers: Record<CellKind, (session: Session, cell: Cell, title: string) => Promise<Parts>> = {
  sql: sqlParts,
  check: checkParts,
  typescript: typescriptParts,
  train: async (_session, cell, title) => {
    let registers: string[] = []
    const parts = jsonParts(cell, () => {
      const spec = trainSpecOf(cell, title)
      registers = [spec.register ?? trainedName(cell, spec)]
      return spec.servingInput === undefined ? [spec.from] : [spec.from, spec.servingInput]
    })
    return { ...parts, registers }
  },
  chart: async (_session, cell, title) => jsonParts(cell, () => [chartSpecOf(cell, title).from]),
  markdown: async () => empty,
}

/** Analyses cells, remembering each until its code or name changes. `session` is only parsed with, never run on. */
export function createAnalyser(session: Session) {
  let cache = new Map<string, { key: string; parts: Promise<Parts> }>()
  return {
    async analyse(cells: readonly Cell[]): Promise<AnalysedCell[]> {
      const next: typeof cache = new Map()
      const analysed = await Promise.all(
        cells.map(async (cell, index) => {
          const title = cellTitle(cell, index)
          const key = JSON.stringify([cell.kind, cell.name, cell.source, title])
          const known = cache.get(cell.id)
          const entry =
            known?.key === key ? known : { key, parts: analysers[cell.kind](session, cell, title) }
          next.set(cell.id, entry)
          const { defines, uses, registers = [], ...rest } = await entry.parts
          return { cell, names: { id: cell.id, kind: cell.kind, title, defines, uses, registers }, ...rest }
        }),
      )
      cache = next
      return analysed
    },
  }
}
