import type { DuckDBValue } from '@duckdb/node-api'

/**
 * A cell as JSON can carry it: numbers stay numbers while a double holds them exactly; dates, decimals, intervals,
 * blobs and nested values become DuckDB's own text; NaN and infinities become text because JSON has neither.
 */
export function jsonCell(value: DuckDBValue): string | number | boolean | null {
  switch (typeof value) {
    case 'boolean':
    case 'string':
      return value
    case 'number':
      return Number.isFinite(value) ? value : String(value)
    case 'bigint':
      return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER
        ? Number(value)
        : String(value)
    default:
      return value === null ? null : String(value)
  }
}
