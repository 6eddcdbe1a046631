import type { Output } from '../../../shared/notebook/cell-state.ts'
import type { PlotlyChart } from '../../../shared/notebook/chart-spec.ts'
import { quote, type Session } from '../../data/database.ts'
import { chartSource, readColumns, sampleClause, sampleNote } from './chart-source.ts'

function references(value: unknown, found: Set<string>): void {
  if (typeof value === 'string' && value.startsWith('@')) found.add(value.slice(1))
  else if (Array.isArray(value)) for (const item of value) references(item, found)
  else if (typeof value === 'object' && value !== null)
    for (const item of Object.values(value)) references(item, found)
}

function fill(value: unknown, columns: ReadonlyMap<string, unknown[]>): unknown {
  if (typeof value === 'string' && value.startsWith('@')) return columns.get(value.slice(1)) ?? []
  if (Array.isArray(value)) return value.map((item) => fill(item, columns))
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fill(item, columns)]))
  }
  return value
}

/** A figure written out whole: every `"@column"` in its traces becomes the column's values. */
export async function plotlyFigure(session: Session, spec: PlotlyChart): Promise<Output> {
  const found = new Set<string>()
  references(spec.data, found)
  const names = [...found]
  const source = await chartSource(session, spec.from, names)
  const columns = new Map<string, unknown[]>()
  if (names.length > 0) {
    const list = names.map(quote).join(', ')
    const values = await readColumns(
      session,
      `select ${list} from ${source.relation}${sampleClause(source.rows)}`,
    )
    for (const [index, name] of names.entries()) columns.set(name, values[index] ?? [])
  }
  const data = spec.data.map((trace) =>
    Object.fromEntries(Object.entries(trace).map(([key, value]) => [key, fill(value, columns)])),
  )
  return {
    type: 'chart',
    figure: { data, layout: { ...spec.layout } },
    rows: source.rows,
    note: names.length > 0 ? sampleNote(source.rows) : '',
  }
}
