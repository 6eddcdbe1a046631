import type { SessionRequest } from '../typescript/session-queries.ts'

function arraysOf(value: unknown): unknown[] {
  if (typeof value !== 'object' || value === null) return []
  if (Array.isArray(value)) return value.flatMap((one) => (ArrayBuffer.isView(one) ? [one] : arraysOf(one)))
  return Object.values(value).flatMap((one) => (ArrayBuffer.isView(one) ? [one] : arraysOf(one)))
}

/** The buffers of an answer's columns of numbers, which are given to the cell's thread rather than copied. */
export function buffersIn(type: SessionRequest['type'], value: unknown): ArrayBuffer[] {
  const columns =
    (type === 'table' || type === 'predict') &&
    typeof value === 'object' &&
    value !== null &&
    'columns' in value
      ? (Array.isArray(value.columns) ? value.columns : []).map((column) => column.values)
      : type === 'features.fit' && typeof value === 'object' && value !== null
        ? ['train', 'validation'].flatMap((part) => arraysOf(Reflect.get(value, part)))
        : []
  const buffers = columns.flatMap((column: unknown) =>
    ArrayBuffer.isView(column) && column.buffer instanceof ArrayBuffer ? [column.buffer] : [],
  )
  return [...new Set(buffers)]
}
