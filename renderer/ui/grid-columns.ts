import { formatCell } from './format-cell.ts'
import { isNumeric } from './numeric-type.ts'

function isTime(type: string): boolean {
  return /^(DATE|TIMESTAMP)/i.test(type)
}

/** Least width in pixels: numbers grow beyond the sample, and above them and times stands their range. */
function leastWidth(type: string): number {
  if (isTime(type)) return 184
  return isNumeric(type) ? 120 : 72
}

/** Widths in pixels that fit the names and a sample of the rows, between 72 and 280. */
export function columnWidths(
  columns: readonly { readonly name: string; readonly type: string }[],
  sample: readonly (readonly unknown[])[],
): readonly { readonly name: string; readonly type: string; readonly width: number }[] {
  return columns.map((column, index) => {
    let longest = column.name.length + 2
    for (const row of sample.slice(0, 50)) {
      longest = Math.max(longest, Math.min(60, formatCell(row[index], column.type).length))
    }
    // Digits are wider than the mean letter, and a number or a time has little else.
    const letter = isTime(column.type) || isNumeric(column.type) ? 7.9 : 7.2
    const width = Math.max(leastWidth(column.type), Math.round(longest * letter) + 20)
    return { ...column, width: Math.min(280, width) }
  })
}

/** Left edge of every column, and the right edge of the last. */
export function columnOffsets(columns: readonly { readonly width: number }[]): readonly number[] {
  const offsets = [0]
  for (const column of columns) offsets.push((offsets.at(-1) ?? 0) + column.width)
  return offsets
}

/** The columns in sight at a scroll position, one more at each side. */
export function visibleColumns(
  offsets: readonly number[],
  left: number,
  width: number,
): { readonly first: number; readonly end: number } {
  const count = offsets.length - 1
  let first = 0
  while (first < count && (offsets[first + 1] ?? 0) < left) first++
  let end = first
  while (end < count && (offsets[end] ?? 0) < left + width) end++
  return { first: Math.max(0, first - 1), end: Math.min(count, end + 1) }
}
