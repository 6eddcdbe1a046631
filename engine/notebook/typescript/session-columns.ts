import type { TableColumns } from './session-protocol.ts'

/** What `table(name)` gives: numbers as `Float64Array` with NaN where missing, the rest as plain arrays. */
export interface SessionColumns {
  rows: number
  columns: Record<string, Float64Array | unknown[]>
}

export function columnsOf(value: unknown): SessionColumns {
  const { rows, columns } = value as TableColumns
  return { rows, columns: Object.fromEntries(columns.map((column) => [column.name, column.values])) }
}
