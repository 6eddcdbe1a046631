import { parseTimestamp } from '../../../shared/signature/parse-timestamp.ts'
import type { Signature, SignatureColumn } from '../../../shared/signature/signature.ts'
import type { RequestRow } from './snippets.ts'

/** What a field of the request form holds: text as typed, or nothing at all. */
export interface FieldValue {
  readonly text: string
  /** Sent as `null` where the column accepts it, else the key is left out. */
  readonly absent: boolean
}

export type FormValues = Readonly<Record<string, FieldValue>>

export interface FormRow {
  readonly row: RequestRow
  /** Per column, what was expected and what was found; the row is not to be sent while there is any. */
  readonly problems: Readonly<Record<string, string>>
  /** Per column, what will be scored all the same but was never seen in training. */
  readonly remarks: Readonly<Record<string, string>>
}

/** A column may be left empty if it accepts `null` or need not be there. */
export function mayBeAbsent(column: SignatureColumn): boolean {
  return column.missing || !column.required
}

/** Prefills the form with a recorded row; a column the row lacks starts absent, or at a value it can have. */
export function valuesFromRow(signature: Signature, row: RequestRow): FormValues {
  return Object.fromEntries(signature.inputs.map((column) => [column.name, fieldFrom(column, row)]))
}

function fieldFrom(column: SignatureColumn, row: RequestRow): FieldValue {
  const value = row[column.name] ?? null
  if (value === null) return { text: startText(column), absent: mayBeAbsent(column) }
  if (column.type === 'boolean') return { text: isTrue(value) ? 'true' : 'false', absent: false }
  return { text: String(value), absent: false }
}

function startText(column: SignatureColumn): string {
  switch (column.type) {
    case 'numeric':
      return String(column.min ?? 0)
    case 'timestamp':
      return new Date(column.min ?? 0).toISOString()
    case 'text':
    case 'categorical':
      return column.values?.[0] ?? ''
    case 'boolean':
      return 'false'
  }
}

/** Booleans may be recorded as 0 and 1, or as their text. */
function isTrue(value: string | number | boolean): boolean {
  return value === true || value === 1 || value === 'true' || value === '1'
}

/** Decodes the form into the row that a request carries, in the signature's order of columns. */
export function rowFromValues(signature: Signature, values: FormValues): FormRow {
  // Columns may be called like something that every object inherits, such as `constructor`.
  const row: RequestRow = Object.create(null)
  const problems: Record<string, string> = Object.create(null)
  const remarks: Record<string, string> = Object.create(null)
  for (const column of signature.inputs) {
    const value = values[column.name]
    if (value === undefined || value.absent) {
      if (column.missing) row[column.name] = null
      else if (column.required) problems[column.name] = 'A value is required.'
      continue
    }
    switch (column.type) {
      case 'numeric': {
        const number = Number(value.text)
        if (value.text.trim() === '' || !Number.isFinite(number)) {
          problems[column.name] =
            value.text.trim() === '' ? 'A number is required.' : `Expected a number, found “${value.text}”.`
          break
        }
        row[column.name] = number
        const remark = rangeRemark(column, number)
        if (remark !== null) remarks[column.name] = remark
        break
      }
      case 'timestamp': {
        const at = parseTimestamp(value.text)
        if (at === null) {
          problems[column.name] = `Expected a date and time such as 2024-05-01T12:30, found “${value.text}”.`
          break
        }
        row[column.name] = value.text
        const remark = rangeRemark(column, at)
        if (remark !== null) remarks[column.name] = remark
        break
      }
      case 'text':
        row[column.name] = value.text
        break
      case 'categorical':
        row[column.name] = value.text
        if (column.values !== undefined && column.values.length < 1000 && !column.values.includes(value.text))
          remarks[column.name] = 'Never seen in training.'
        break
      case 'boolean':
        row[column.name] = booleanValue(column, value.text === 'true')
        break
    }
  }
  return { row, problems, remarks }
}

function rangeRemark(column: SignatureColumn, value: number): string | null {
  if (column.type === 'timestamp') {
    const { min, max } = column
    if (min !== undefined && value < min)
      return `Before the training range (from ${new Date(min).toISOString()}).`
    if (max !== undefined && value > max)
      return `After the training range (to ${new Date(max).toISOString()}).`
    return null
  }
  if (column.min !== undefined && value < column.min) return `Below the training range (from ${column.min}).`
  if (column.max !== undefined && value > column.max) return `Above the training range (to ${column.max}).`
  return null
}

/** A 0/1 column stays 0/1 in the request, so that the row can be pasted beside the training data. */
function booleanValue(column: SignatureColumn, on: boolean): boolean | number {
  if (column.sourceType.toUpperCase().startsWith('BOOL')) return on
  return on ? 1 : 0
}
