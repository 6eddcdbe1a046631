import { formatNumber, grouped, minus } from '../../shared/formatting/format-number.ts'
import { isNumeric } from './numeric-type.ts'

/** The fewest digits that are this value among those of 32 bits, as which a `FLOAT` was stored. */
function ofSinglePrecision(value: number): number {
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits))
    if (Math.fround(short) === value) return short
  }
  return value
}

const signed = (text: string) => (text.startsWith('-') ? `${minus}${grouped(text.slice(1))}` : grouped(text))

/**
 * A cell of a table: null is shown as such by the grid; nested values as JSON. Whole numbers and decimals (which come
 * as text) have all their digits; other numbers 4 decimals, and below 1 six significant digits.
 *
 * @param type of the column, in DuckDB's words
 */
export function formatCell(value: unknown, type = ''): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'number') {
    if (Number.isInteger(value)) return signed(String(value))
    const exact = type === 'FLOAT' ? ofSinglePrecision(value) : value
    return Math.abs(exact) < 1 ? formatNumber(exact, 6) : signed(String(Number(exact.toFixed(4))))
  }
  if (typeof value === 'string')
    return isNumeric(type) && /^-?\d+(\.\d+)?$/.test(value) ? signed(value) : value
  if (typeof value === 'boolean') return value ? 'true' : 'false'
  if (typeof value === 'bigint') return signed(String(value))
  return JSON.stringify(value)
}

/** The whole value of a cell where its text is only near it, else undefined. */
export function wholeCell(value: unknown, type = ''): string | undefined {
  if (typeof value !== 'number' || Number.isInteger(value)) return undefined
  const exact = type === 'FLOAT' ? ofSinglePrecision(value) : value
  const shown = Number(formatCell(value, type).replace(minus, '-').replaceAll(',', ''))
  return shown === exact ? undefined : String(exact).replace('-', minus)
}
