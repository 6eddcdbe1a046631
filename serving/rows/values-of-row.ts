import type { RequestRows } from './request-rows.ts'

type Value = string | number | boolean | null

function plain(value: unknown): Value {
  if (typeof value === 'string' || typeof value === 'boolean') return value
  if (typeof value === 'number') return Number.isFinite(value) ? value : null
  return typeof value === 'bigint' ? value.toString() : null
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Values of some columns of one row, for logs. CSV cells stay text. */
export function valuesOfRow(
  rows: RequestRows,
  row: number,
  columns: readonly string[],
): Record<string, Value> {
  const cellOf = (column: string): unknown => {
    switch (rows.kind) {
      case 'records': {
        const record = rows.records[row]
        return isRecord(record) && Object.hasOwn(record, column) ? record[column] : undefined
      }
      case 'table': {
        const cells = rows.data[row]
        const position = rows.columns.indexOf(column)
        return Array.isArray(cells) && position >= 0 ? cells[position] : undefined
      }
      case 'columns':
        return Object.hasOwn(rows.columns, column) ? rows.columns[column]?.[row] : undefined
    }
  }
  return Object.fromEntries(columns.map((column) => [column, plain(cellOf(column))]))
}
