import { inspect } from 'node:util'
import type { Output } from '../../../shared/notebook/cell-state.ts'
import { outputLimits, textOutput } from './session-protocol.ts'

type Plain = Record<string, unknown>

function isPlain(value: unknown): value is Plain {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

/** A table cell as JSON carries it. */
function plainCell(value: unknown): unknown {
  if (value === null || value === undefined) return null
  switch (typeof value) {
    case 'string':
      return value.length > 10_000 ? `${value.slice(0, 10_000)}…` : value
    case 'boolean':
      return value
    case 'number':
      return Number.isFinite(value) ? value : String(value)
    case 'bigint':
      return String(value)
    default:
      return value instanceof Date ? value.toISOString() : inspect(value, { depth: 2, breakLength: Infinity })
  }
}

/** Numbers inside a cell's object or array with the six digits that a cell of numbers shows, as deep as it is shown. */
function sixDigits(value: unknown, depth = 3): unknown {
  if (typeof value === 'number') return Number.isInteger(value) ? value : Number(value.toPrecision(6))
  if (depth === 0) return value
  if (Array.isArray(value)) return value.map((item) => sixDigits(item, depth - 1))
  if (isPlain(value))
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, sixDigits(item, depth - 1)]))
  return value
}

function nested(value: unknown): boolean {
  return Array.isArray(value) || isPlain(value)
}

function tableOutput(rows: readonly Plain[]): Output {
  const shown = rows.slice(0, outputLimits.tableRows)
  const columns = [...new Set(shown.flatMap((row) => Object.keys(row)))]
  return {
    type: 'table',
    columns,
    rows: shown.map((row) =>
      columns.map((column) => plainCell(nested(row[column]) ? sixDigits(row[column]) : row[column])),
    ),
    total: rows.length,
  }
}

function isFigure(value: Plain): value is { data: Plain[]; layout?: Plain } {
  const keys = Object.keys(value)
  return (
    keys.every((key) => key === 'data' || key === 'layout') &&
    Array.isArray(value.data) &&
    value.data.length > 0 &&
    value.data.every(isPlain) &&
    (value.layout === undefined || isPlain(value.layout))
  )
}

/** Typed arrays become arrays, so that a figure is JSON. */
function toJson(value: unknown): unknown {
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) {
    return Array.from(value as unknown as ArrayLike<number | bigint>, plainCell)
  }
  if (Array.isArray(value)) return value.map(toJson)
  if (isPlain(value))
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, toJson(item)]))
  return plainCell(value)
}

/** tfjs tensors describe themselves better than an inspection of their fields does. */
function isTensor(value: unknown): boolean {
  return (
    typeof value === 'object' && value !== null && 'dataId' in value && 'shape' in value && 'dtype' in value
  )
}

/**
 * How a displayed value is shown: an array of objects as a table, `{data, layout}` as a Plotly chart, `{html}` as
 * sandboxed HTML, tensors by their values, text as it is, anything else inspected. `undefined` shows nothing.
 */
export function displayOutput(value: unknown): Output | null {
  if (value === undefined) return null
  if (typeof value === 'string') return textOutput('result', value)
  if (Array.isArray(value) && value.length > 0 && value.every(isPlain)) return tableOutput(value)
  if (isPlain(value)) {
    if (Object.keys(value).length === 1 && typeof value.html === 'string')
      return { type: 'html', html: value.html }
    if (isFigure(value)) {
      const data = value.data.map((trace) => toJson(trace) as Plain)
      const layout = (value.layout ? toJson(value.layout) : {}) as Plain
      return { type: 'chart', figure: { data, layout }, rows: 0, note: '' }
    }
  }
  if (isTensor(value)) return textOutput('result', String(value))
  return textOutput('result', inspect(value, { depth: 4, maxArrayLength: 200, maxStringLength: 20_000 }))
}
