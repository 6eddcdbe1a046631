/**
 * HOT LOOP: decodes every request and every batch-scored row (benchmark: bench/serving.ts).
 * The well-formed value of each column type is taken on a short path without a call; everything else
 * (null, absent, text cells, errors) goes through `odd`.
 */
import { type Batch, type BatchColumn, missingCode, unseenCode } from '../features/batch.ts'
import { allocateColumns } from '../features/batch-buffers.ts'
import { hashedCode } from '../features/hashing-codes.ts'
import type { Pipeline } from '../features/pipeline.ts'
import type { Reading } from '../features/reading.ts'
import { tokenPlace } from '../features/token-places.ts'
import { createTokenPool } from '../features/tokenize.ts'
import { type CodeTable, type ColumnPlan, planColumn } from './column-plan.ts'
import { numberKeeps, textKeeps } from './limits.ts'
import { parseTimestamp } from './parse-timestamp.ts'
import { describeFound, numberFromText, truthFromText } from './read-value.ts'
import type { Signature } from './signature.ts'

/** One refused value. `row` counts from 0; `column` is empty where the row itself is at fault. */
export interface FieldError {
  row: number
  column: string
  expected: string
  found: string
}

export type DecodedRows =
  | { readonly ok: true; readonly batch: Batch }
  | { readonly ok: false; readonly fields: readonly FieldError[] }

/**
 * Decodes rows of JSON values against a signature. Columns the signature does not name are ignored.
 * The batch of one call is overwritten by the next one: use it before decoding again.
 */
export interface RowDecoder {
  /** `[{column: value, …}, …]` */
  records(rows: readonly unknown[]): DecodedRows
  /** `{"columns": […], "data": [[…], …]}` */
  table(columns: readonly string[], data: readonly unknown[]): DecodedRows
  /** `{column: [value, …], …}`; all arrays must be `rows` long. `coded` has columns of known categories. */
  columns(
    columns: Readonly<Record<string, ArrayLike<unknown>>>,
    rows: number,
    coded?: Readonly<Record<string, CodedTexts>>,
  ): DecodedRows
}

/** Texts as places among known categories: whoever knows the places makes no string of them. */
export interface CodedTexts {
  readonly length: number
  /** Places in `categories`; −1 where `texts` has the value. */
  readonly codes: Int32Array
  readonly categories: readonly string[]
  /** Null where every value has a place; null in it where a value is missing. */
  readonly texts: readonly (string | null)[] | null
}

export interface RowDecoderOptions {
  /** Values are text cells (CSV): numbers and booleans are parsed, an empty cell is missing. */
  text?: boolean
  /** What texts of a categorical column become, instead of the place among the encoder's categories. */
  codes?: (column: string) => CodeTable
  /** Errors reported per call at most; default 100. */
  maxErrors?: number
}

/** The last moment of a JavaScript date, in milliseconds: beyond it a calendar has no parts. */
const lastMoment = 8.64e15

const absent: unique symbol = Symbol('absent')

/** DuckDB and pandas write a missing number as an empty cell or as `nan`. */
function isEmptyCell(text: string, reading: Reading): boolean {
  return text === '' || (reading === 'numeric' && text.trim().toLowerCase() === 'nan')
}

/** Compiles a decoder for one model; call it for every request. */
export function compileRowDecoder(
  signature: Signature,
  pipeline: Pipeline,
  options: RowDecoderOptions = {},
): RowDecoder {
  const textCells = options.text ?? false
  const maxErrors = options.maxErrors ?? 100
  const plans = pipeline.columns.map((encoder) => planColumn(encoder, signature, options.codes))
  let capacity = 16
  let buffers = allocateColumns(pipeline, capacity)
  const pool = createTokenPool()
  const tables: { categories: readonly string[]; codes: Int32Array }[] = []
  const hasText = plans.some((plan) => plan.reading === 'text')
  let errors: FieldError[] = []

  const reserve = (rows: number) => {
    errors = []
    pool.reset()
    if (rows <= capacity) return
    capacity = rows
    buffers = allocateColumns(pipeline, capacity)
  }
  const refuse = (row: number, column: string, expected: string, found: string) => {
    if (errors.length < maxErrors) errors.push({ row, column, expected, found })
  }
  const finish = (rows: number): DecodedRows =>
    errors.length > 0
      ? { ok: false, fields: errors }
      : { ok: true, batch: { rows, columns: buffers, tokens: hasText ? pool.tokens() : undefined } }

  const codeOf = (plan: ColumnPlan, value: string): number => {
    const code = plan.codes.get(value)
    if (code !== undefined) return code
    return plan.hashWidth > 0 ? hashedCode(value, plan.known, plan.hashWidth) : unseenCode
  }

  /** Where the words of a text were put. */
  const placeOf = (plan: ColumnPlan, value: string): number => {
    const start = pool.length()
    return tokenPlace(start, pool.add(value, plan.textWidth))
  }

  /** What is stored for a value of the right kind that no short path takes; null where it is of another kind. */
  const converted = (plan: ColumnPlan, value: unknown): number | null => {
    const { reading } = plan
    if (reading === 'categorical') {
      const scalar = typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint'
      const usable = typeof value === 'string' || (!plan.text && scalar)
      return usable ? codeOf(plan, String(value)) : null
    }
    if (reading === 'text') return null
    if (reading === 'timestamp') {
      const at = value instanceof Date ? value.getTime() : typeof value === 'bigint' ? Number(value) : value
      return typeof at === 'number' && Math.abs(at) <= lastMoment ? Math.floor(at) : null
    }
    if (typeof value === 'bigint') {
      if (reading === 'numeric' || value === 0n || value === 1n) return Number(value)
    } else if (textCells && typeof value === 'string') {
      return reading === 'numeric' ? numberFromText(value) : truthFromText(value)
    }
    return null
  }

  /** The number stored for a value off the short path; NaN or a code below zero where missing or refused. */
  const odd = (plan: ColumnPlan, row: number, value: unknown): number => {
    const nothing = plan.reading === 'categorical' ? missingCode : Number.NaN
    if (value === undefined || value === absent) {
      if (plan.column.required || !plan.column.missing) refuse(row, plan.name, plan.expected, 'nothing')
      return nothing
    }
    const isMissing =
      value === null ||
      (typeof value === 'number' && Number.isNaN(value)) ||
      (textCells && typeof value === 'string' && isEmptyCell(value, plan.reading))
    if (isMissing) {
      if (!plan.column.missing) {
        refuse(row, plan.name, plan.expected, value === '' ? 'an empty cell' : 'null')
      }
      return nothing
    }
    const found = converted(plan, value)
    if (found === null) {
      refuse(row, plan.name, plan.expected, describeFound(value))
      return nothing
    }
    if (plan.limits !== null) limit(plan, row, value, found)
    return found
  }

  /** Refuses a value that does not keep to what the user demands of the column. */
  const limit = (plan: ColumnPlan, row: number, value: unknown, stored: number) => {
    const { limits } = plan
    if (limits === null) return
    const keeps =
      plan.reading === 'categorical' || plan.reading === 'text'
        ? textKeeps(limits, String(value))
        : numberKeeps(limits, stored)
    if (!keeps) refuse(row, plan.name, limits.expected, describeFound(value))
  }

  const store = (index: number, row: number, value: unknown) => {
    const plan = plans[index]!
    const target = buffers[index]!
    if (plan.reading === 'numeric') {
      if (typeof value === 'number' && value - value === 0) {
        target[row] = value
        if (plan.limits !== null) limit(plan, row, value, value)
      } else {
        target[row] = odd(plan, row, value)
      }
    } else if (plan.reading === 'boolean') {
      if (value === true || value === 1) target[row] = 1
      else if (value === false || value === 0) target[row] = 0
      else target[row] = odd(plan, row, value)
    } else if (typeof value === 'string' && !(textCells && value === '')) {
      storeText(plan, target, row, value)
    } else {
      target[row] = odd(plan, row, value)
    }
  }

  const storeText = (plan: ColumnPlan, target: BatchColumn, row: number, value: string) => {
    if (plan.reading === 'timestamp') {
      const at = parseTimestamp(value)
      if (at === null) refuse(row, plan.name, plan.expected, describeFound(value))
      else if (plan.limits !== null) limit(plan, row, value, at)
      target[row] = at ?? Number.NaN
      return
    }
    target[row] = plan.reading === 'text' ? placeOf(plan, value) : codeOf(plan, value)
    if (plan.limits !== null) limit(plan, row, value, 0)
  }

  /** Numbers as they lie: what is finite needs no look at its type. */
  const storeNumbers = (index: number, values: Float64Array, rows: number) => {
    const plan = plans[index]!
    const target = buffers[index]!
    if (plan.reading === 'boolean') {
      for (let r = 0; r < rows; r++) {
        const value = values[r]!
        target[r] = value === 0 || value === 1 ? value : odd(plan, r, value)
      }
      return
    }
    if (plan.reading !== 'numeric' || plan.limits !== null) {
      for (let r = 0; r < rows; r++) store(index, r, values[r])
      return
    }
    for (let r = 0; r < rows; r++) {
      const value = values[r]!
      target[r] = value - value === 0 ? value : odd(plan, r, value)
    }
  }

  /** Our codes of the caller's categories, which are often those of the last call. */
  const tableOf = (index: number, categories: readonly string[]): Int32Array => {
    const last = tables[index]
    if (last?.categories === categories) return last.codes
    const codes = Int32Array.from(categories, (text) => codeOf(plans[index]!, text))
    tables[index] = { categories, codes }
    return codes
  }

  /** Places among the caller's categories become our codes by a table. */
  const storeCoded = (index: number, { codes, categories, texts }: CodedTexts, rows: number) => {
    const plan = plans[index]!
    const target = buffers[index]!
    const direct = plan.reading === 'categorical' && plan.limits === null
    const table = direct ? tableOf(index, categories) : null
    for (let r = 0; r < rows; r++) {
      const code = codes[r]!
      if (code >= 0 && table !== null) target[r] = table[code]!
      else store(index, r, code >= 0 ? categories[code] : (texts?.[r] ?? null))
    }
  }

  return {
    records(rows) {
      reserve(rows.length)
      for (let r = 0; r < rows.length; r++) {
        const row = rows[r]
        if (typeof row !== 'object' || row === null || Array.isArray(row)) {
          refuse(r, '', 'an object with a value per column', describeFound(row))
          continue
        }
        const record = row as Record<string, unknown>
        for (let c = 0; c < plans.length; c++) {
          const name = plans[c]!.name
          const value = record[name]
          // A column named like something every object inherits, such as `constructor`, may look present.
          const inherited =
            (typeof value === 'function' || typeof value === 'object') && !Object.hasOwn(record, name)
          store(c, r, inherited ? absent : value)
        }
      }
      return finish(rows.length)
    },
    table(columns, data) {
      reserve(data.length)
      const positions = plans.map((plan) => columns.indexOf(plan.name))
      for (const plan of plans) {
        if (columns.indexOf(plan.name) !== columns.lastIndexOf(plan.name)) {
          refuse(0, plan.name, 'one column of this name', 'several')
        }
      }
      for (let r = 0; r < data.length; r++) {
        const row = data[r]
        if (!Array.isArray(row) || row.length !== columns.length) {
          const found = Array.isArray(row) ? `${row.length} values` : describeFound(row)
          refuse(r, '', `an array of ${columns.length} values`, found)
          continue
        }
        for (let c = 0; c < plans.length; c++) {
          const position = positions[c]!
          store(c, r, position < 0 ? absent : row[position])
        }
      }
      return finish(data.length)
    },
    columns(columns, rows, coded) {
      reserve(rows)
      for (let c = 0; c < plans.length; c++) {
        const { name } = plans[c]!
        const places = coded && Object.hasOwn(coded, name) ? coded[name] : undefined
        const values = Object.hasOwn(columns, name) ? columns[name] : undefined
        const length = (places ?? values)?.length
        if (length !== undefined && length !== rows) {
          refuse(0, name, `${rows} values`, `${length} values`)
          continue
        }
        if (places) storeCoded(c, places, rows)
        else if (values === undefined) for (let r = 0; r < rows; r++) store(c, r, absent)
        else if (values instanceof Float64Array) storeNumbers(c, values, rows)
        else for (let r = 0; r < rows; r++) store(c, r, values[r])
      }
      return finish(rows)
    },
  }
}
