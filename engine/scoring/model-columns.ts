import { Failure } from '../../shared/failure.ts'
import type { Signature, SignatureColumn } from '../../shared/signature/signature.ts'
import { quote } from '../data/database.ts'
import { epochMsSql } from '../data/epoch-ms-sql.ts'

export interface DescribedColumn {
  readonly name: string
  readonly type: string
}

const numbers = /^(U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER|FLOAT|DOUBLE|DECIMAL(\(.*\))?)$/
const times = /^(DATE|TIMESTAMP.*)$/
const zoned = /^TIMESTAMP WITH TIME ZONE$/
const texts = /^(VARCHAR|UUID|ENUM\(.*\))$/s

/** What a relation's column must be to give the values of a model's column. */
const accepted: Record<string, { is: string; fits: (type: string) => boolean }> = {
  numeric: { is: 'a number', fits: (type) => numbers.test(type) },
  boolean: { is: 'a truth value, or 0 and 1', fits: (type) => type === 'BOOLEAN' || numbers.test(type) },
  categorical: {
    is: 'text, a whole number or a truth value',
    fits: (type) => texts.test(type) || numbers.test(type) || times.test(type) || type === 'BOOLEAN',
  },
  timestamp: {
    is: 'a date, a timestamp, or text in ISO 8601',
    fits: (type) => times.test(type) || type === 'VARCHAR',
  },
  text: { is: 'text', fits: (type) => texts.test(type) },
}

export function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** A value as a request would carry it: numbers as DOUBLE, times as milliseconds since 1970 UTC, the rest as text. */
function valueSql(column: SignatureColumn, type: string): string {
  const name = quote(column.name)
  const kind: string = column.type
  if (kind === 'numeric' || kind === 'boolean') return `${name}::double`
  if (kind === 'timestamp' && times.test(type)) return `(${epochMsSql(name, type)})::double`
  // SQL between requests and model reads the text as a time without a zone, whatever zone this machine is in.
  const isPlainTime =
    zoned.test(type) && column.sourceType.startsWith('TIMESTAMP') && !zoned.test(column.sourceType)
  return isPlainTime ? `timezone('UTC', ${name})::varchar` : `${name}::varchar`
}

/**
 * The values of a signature's columns as SQL over a relation.
 *
 * @param what how messages call the relation
 * @returns one expression a column that the relation has; columns that rows may leave out may be absent
 * @throws Failure `invalid-input` naming every column that is missing or of another type
 */
export function modelColumnsSql(
  signature: Signature,
  model: string,
  relation: readonly DescribedColumn[],
  what: string,
): { name: string; sql: string }[] {
  const types = new Map(relation.map(({ name, type }) => [name, type]))
  const absent = signature.inputs.filter(({ name, required }) => required && !types.has(name))
  if (absent.length > 0) {
    const one = absent.length === 1
    throw new Failure(
      'invalid-input',
      `${capitalised(what)} has no column${one ? '' : 's'} ${absent.map(({ name }) => `"${name}"`).join(', ')}, which ${model} needs.`,
      `Select ${one ? 'it' : 'them'}; ${what} has ${relation.map(({ name }) => name).join(', ')}.`,
    )
  }
  const wrong: string[] = []
  const columns = signature.inputs.flatMap((column) => {
    const type = types.get(column.name)
    if (type === undefined) return []
    const needs = accepted[column.type]
    if (needs && !needs.fits(type)) wrong.push(`"${column.name}" is ${type}, expected ${needs.is}`)
    return [{ name: column.name, sql: valueSql(column, type) }]
  })
  if (wrong.length > 0) {
    throw new Failure(
      'invalid-input',
      `${capitalised(what)} does not fit ${model}: column ${wrong.join('; column ')}.`,
      'Convert with CAST in the SQL before predicting.',
    )
  }
  return columns
}
