/**
 * HOT LOOP: decodes every request and every batch-scored row (benchmark: bench/serving.ts).
 * The well-formed value of each column type is taken on a short path without a call; everything else
 * (null, absent, text cells, errors) goes through `odd`.
 */
import { type Batch, missingCode, unseenCode } from '../features/batch.ts'
import { allocateColumns } from '../features/batch-buffers.ts'
import { dictionaryOf } from '../features/dictionary.ts'
import type { Encoder, Pipeline } from '../features/pipeline.ts'
import { isTextType } from './column-types.ts'
import { describeFound, numberFromText, truthFromText } from './read-value.ts'
import type { Signature, SignatureColumn } from './signature.ts'

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
  /** `{column: [value, …], …}`; all arrays must be `rows` long. */
  columns(columns: Readonly<Record<string, ArrayLike<unknown>>>, rows: number): DecodedRows
}

/** Numbers of texts; undefined for a text that is unknown. */
export type CodeTable = Pick<ReadonlyMap<string, number>, 'get'>

export interface RowDecoderOptions {
  /** Values are text cells (CSV): numbers and booleans are parsed, an empty cell is missing. */
  text?: boolean
  /** What texts of a categorical column become, instead of the place among the encoder's categories. */
  codes?: (column: string) => CodeTable
  /** Errors reported per call at most; default 100. */
  maxErrors?: number
}

type Kind = 'numeric' | 'boolean' | 'categorical'

interface Plan {
  name: string
  kind: Kind
  column: SignatureColumn
  codes: CodeTable
  text: boolean
  expected: string
}

const absent: unique symbol = Symbol('absent')

function codesOf(encoder: Encoder): ReadonlyMap<string, number> {
  const codes = new Map<string, number>()
  for (const [code, category] of (dictionaryOf(encoder) ?? []).entries()) codes.set(category, code)
  return codes
}

function expectedOf(column: SignatureColumn): string {
  const orNull = column.missing ? ' or null' : ''
  switch (column.type) {
    case 'numeric':
      return `a finite number${orNull}`
    case 'boolean':
      return `true or false${orNull}`
    case 'categorical':
      return `a string${orNull}`
  }
}

function planOf(encoder: Encoder, signature: Signature, codes: RowDecoderOptions['codes']): Plan {
  const column = signature.inputs.find((input) => input.name === encoder.name)
  if (!column) throw new Error(`The pipeline's column ${encoder.name} is not in the signature.`)
  return {
    name: encoder.name,
    kind: encoder.kind === 'numeric' || encoder.kind === 'boolean' ? encoder.kind : 'categorical',
    column,
    codes: codes?.(encoder.name) ?? codesOf(encoder),
    text: isTextType(column.sourceType),
    expected: expectedOf(column),
  }
}

/** DuckDB and pandas write a missing number as an empty cell or as `nan`. */
function isEmptyCell(text: string, kind: Kind): boolean {
  return text === '' || (kind === 'numeric' && text.trim().toLowerCase() === 'nan')
}

/** Compiles a decoder for one model; call it for every request. */
export function compileRowDecoder(
  signature: Signature,
  pipeline: Pipeline,
  options: RowDecoderOptions = {},
): RowDecoder {
  const textCells = options.text ?? false
  const maxErrors = options.maxErrors ?? 100
  const plans = pipeline.columns.map((encoder) => planOf(encoder, signature, options.codes))
  let capacity = 16
  let buffers = allocateColumns(pipeline, capacity)
  let errors: FieldError[] = []

  const reserve = (rows: number) => {
    errors = []
    if (rows <= capacity) return
    capacity = rows
    buffers = allocateColumns(pipeline, capacity)
  }
  const refuse = (row: number, column: string, expected: string, found: string) => {
    if (errors.length < maxErrors) errors.push({ row, column, expected, found })
  }
  const finish = (rows: number): DecodedRows =>
    errors.length > 0 ? { ok: false, fields: errors } : { ok: true, batch: { rows, columns: buffers } }

  /** The number stored for a value off the short path; NaN or a code below zero where missing or refused. */
  const odd = (plan: Plan, row: number, value: unknown): number => {
    const nothing = plan.kind === 'categorical' ? missingCode : Number.NaN
    if (value === undefined || value === absent) {
      if (plan.column.required || !plan.column.missing) refuse(row, plan.name, plan.expected, 'nothing')
      return nothing
    }
    const isMissing =
      value === null ||
      (typeof value === 'number' && Number.isNaN(value)) ||
      (textCells && typeof value === 'string' && isEmptyCell(value, plan.kind))
    if (isMissing) {
      if (!plan.column.missing) {
        refuse(row, plan.name, plan.expected, value === '' ? 'an empty cell' : 'null')
      }
      return nothing
    }
    if (plan.kind === 'categorical') {
      const scalar = typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint'
      const usable = typeof value === 'string' || (!plan.text && scalar)
      if (usable) return plan.codes.get(String(value)) ?? unseenCode
    } else if (typeof value === 'bigint') {
      if (plan.kind === 'numeric') return Number(value)
      if (value === 0n || value === 1n) return Number(value)
    } else if (textCells && typeof value === 'string') {
      const parsed = plan.kind === 'numeric' ? numberFromText(value) : truthFromText(value)
      if (parsed !== null) return parsed
    }
    refuse(row, plan.name, plan.expected, describeFound(value))
    return nothing
  }

  const store = (index: number, row: number, value: unknown) => {
    const plan = plans[index]!
    const target = buffers[index]!
    if (plan.kind === 'numeric') {
      target[row] = typeof value === 'number' && value - value === 0 ? value : odd(plan, row, value)
    } else if (plan.kind === 'categorical') {
      if (typeof value === 'string' && !(textCells && value === '')) {
        const code = plan.codes.get(value)
        target[row] = code === undefined ? unseenCode : code
      } else {
        target[row] = odd(plan, row, value)
      }
    } else if (value === true || value === 1) {
      target[row] = 1
    } else if (value === false || value === 0) {
      target[row] = 0
    } else {
      target[row] = odd(plan, row, value)
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
    columns(columns, rows) {
      reserve(rows)
      for (let c = 0; c < plans.length; c++) {
        const { name } = plans[c]!
        const values = Object.hasOwn(columns, name) ? columns[name] : undefined
        if (values && values.length !== rows) {
          refuse(0, name, `${rows} values`, `${values.length} values`)
          continue
        }
        for (let r = 0; r < rows; r++) store(c, r, values ? values[r] : absent)
      }
      return finish(rows)
    },
  }
}
