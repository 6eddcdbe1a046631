import type { CodedTexts } from '../../shared/signature/decode-rows.ts'
import { describeFound } from '../../shared/signature/read-value.ts'
import type { Signature } from '../../shared/signature/signature.ts'
import { type FieldProblem, invalidPart, invalidRequest, Refusal } from '../http/refusal.ts'
import { parseCsv } from './csv.ts'

/** The rows of a request in the shape they came, ready for the signature's decoder. */
export type RequestRows =
  | { kind: 'records'; rows: number; records: readonly unknown[] }
  /** `text`: cells are CSV text. */
  | { kind: 'table'; rows: number; columns: readonly string[]; data: readonly unknown[]; text: boolean }
  | {
      kind: 'columns'
      rows: number
      columns: Readonly<Record<string, ArrayLike<unknown>>>
      text?: boolean
      /** Texts as places among known categories, from batch scoring. */
      coded?: Readonly<Record<string, CodedTexts>>
    }

/** Refuses a header that lacks a column every row must have or repeats a name. */
export function checkHeader(columns: readonly string[], signature: Signature): void {
  // Names are looked for first: in CSV without a header they are values, which must not be shown as names.
  const given = new Set(columns)
  const absent: FieldProblem[] = signature.inputs
    .filter((input) => (input.required || !input.missing) && !given.has(input.name))
    .map((input) => ({
      row: null,
      column: input.name,
      expected: `a ${input.type} column`,
      found: 'no such column',
    }))
  if (absent.length > 0) {
    const names = absent.map((field) => `"${field.column}"`).join(', ')
    throw new Refusal(400, 'invalid_rows', `Required columns are missing: ${names}.`, absent)
  }
  if (given.size === columns.length) return
  const twice = columns.find((column) => !given.delete(column)) ?? ''
  throw invalidPart('A column is there twice.', twice, 'one column of this name', 'several')
}

/** `columns` and an array of arrays. */
export function tableRows(columns: unknown, data: unknown, signature: Signature): RequestRows {
  if (!Array.isArray(columns) || !columns.every((name) => typeof name === 'string')) {
    throw invalidRequest('"columns" must be an array of column names.')
  }
  if (!Array.isArray(data)) throw invalidRequest('"data" must be an array of rows.')
  checkHeader(columns, signature)
  return { kind: 'table', rows: data.length, columns, data, text: false }
}

/** `{"a":[1,2],"b":["x","y"]}` */
export function columnRows(columns: Readonly<Record<string, unknown>>, signature: Signature): RequestRows {
  // Without a prototype, so that a column may be named like what objects inherit.
  const arrays: Record<string, readonly unknown[]> = Object.create(null)
  const names = Object.keys(columns)
  checkHeader(names, signature)
  let length: number | null = null
  for (const name of names) {
    const values = columns[name]
    if (!Array.isArray(values)) {
      throw invalidPart('A column is not an array.', name, 'an array of values', describeFound(values))
    }
    length ??= values.length
    if (values.length !== length) {
      const found = `${values.length} values`
      throw invalidPart('Columns are not of one length.', name, `${length} values, as before it`, found)
    }
    arrays[name] = values
  }
  return { kind: 'columns', rows: length ?? 0, columns: arrays }
}

/** Text with a header line; columns the signature does not name are passed over. */
export function csvRows(text: string, signature: Signature): RequestRows {
  let lines: string[][]
  try {
    lines = parseCsv(text)
  } catch (error) {
    throw invalidRequest(`The body is not CSV: ${error instanceof Error ? error.message : String(error)}.`)
  }
  const [header, ...data] = lines
  if (header === undefined) throw invalidRequest('The CSV body is empty; a header line is expected.')
  checkHeader(header, signature)
  return { kind: 'table', rows: data.length, columns: header, data, text: true }
}
