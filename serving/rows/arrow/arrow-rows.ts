import type { Signature } from '../../../shared/signature/signature.ts'
import { invalidRequest, Refusal } from '../../http/refusal.ts'
import { checkHeader, type RequestRows } from '../request-rows.ts'
import { readColumn, splitBatch } from './read-column.ts'
import { type ArrowBatch, type ArrowField, readMessages } from './read-messages.ts'

/** Values of a dictionary, which take a bit of its body each at least. */
function readDictionary(field: ArrowField, batch: ArrowBatch): unknown[] {
  const plain: ArrowField = { ...field, dictionary: null }
  const [part] = splitBatch([plain], batch)
  if (!part || (batch.codec === null && part.length > batch.body.length * 8)) {
    throw new Error(`the dictionary of its column "${field.name}" is longer than its bytes`)
  }
  return Array.from(readColumn(plain, part, undefined))
}

function readColumns(bytes: Uint8Array, signature: Signature, rowLimit: number): RequestRows {
  const messages = readMessages(bytes)
  const schema = messages.find((message) => message.kind === 'schema')
  if (!schema) throw new Error('it has no schema')
  const { fields } = schema
  checkHeader(
    fields.map((field) => field.name),
    signature,
  )
  const wanted = new Set(signature.inputs.map((input) => input.name))
  const dictionaries = new Map<number, unknown[]>()
  const parts = new Map<string, ArrayLike<unknown>[]>()
  let rows = 0
  for (const message of messages) {
    if (message.kind === 'dictionary') {
      const field = fields.find((one) => one.dictionary?.id === message.id && wanted.has(one.name))
      if (!field) continue
      const values = readDictionary(field, message.batch)
      const before = message.delta ? dictionaries.get(message.id) : undefined
      // Columns read so far hold values, not places in the dictionary: it may grow.
      if (before) for (const value of values) before.push(value)
      else dictionaries.set(message.id, values)
    } else if (message.kind === 'batch') {
      const { batch } = message
      rows += batch.rows
      if (batch.rows < 0) throw new Error('a batch has a negative number of rows')
      if (rows > rowLimit) {
        throw new Refusal(413, 'too_large', `The request has over ${rowLimit} rows, which is the limit.`)
      }
      for (const [c, part] of splitBatch(fields, batch).entries()) {
        const field = fields[c]!
        if (!wanted.has(field.name)) continue
        if (part.length !== batch.rows)
          throw new Error(`its column "${field.name}" is not as long as its batch`)
        const values = readColumn(
          field,
          part,
          field.dictionary ? dictionaries.get(field.dictionary.id) : undefined,
        )
        const before = parts.get(field.name)
        if (before) before.push(values)
        else parts.set(field.name, [values])
      }
    }
  }
  const columns: Record<string, ArrayLike<unknown>> = Object.create(null)
  for (const [name, values] of parts) {
    columns[name] = values.length === 1 ? values[0]! : values.flatMap((part) => Array.from(part))
  }
  return { kind: 'columns', rows, columns }
}

/**
 * The rows of an Arrow IPC body, stream or file, as columns. Columns the signature does not name are not read.
 *
 * @param rowLimit more rows are refused before any value is read
 * @throws Refusal 400 saying what cannot be read, 413 above the row limit
 */
export function arrowRows(body: Uint8Array, signature: Signature, rowLimit: number): RequestRows {
  try {
    // A buffer of its own: the body lies in memory that it shares with other requests, at any alignment.
    return readColumns(new Uint8Array(body), signature, rowLimit)
  } catch (error) {
    if (error instanceof Refusal) throw error
    const reason = error instanceof Error ? error.message : String(error)
    throw invalidRequest(`The body is not an Arrow IPC stream or file that can be read: ${reason}.`)
  }
}
