import type { Signature } from './signature.ts'

/** Names that a message carries; of thousands the rest is a number. */
const mostNamed = 10

/** The signature's columns that rows may leave out, and that these rows leave out altogether. */
export function absentColumns(signature: Signature, present: Iterable<string>): string[] {
  const there = new Set(present)
  return signature.inputs.flatMap(({ name, required }) => (required || there.has(name) ? [] : [name]))
}

/** Says of columns that are absent altogether how they are scored. @param what how the message calls the rows */
export function absentText(absent: readonly string[], what: string): string {
  const one = absent.length === 1
  const named = absent.slice(0, mostNamed).map((name) => `"${name}"`)
  const more = absent.length - named.length
  const names = more > 0 ? `${named.join(', ')} and ${more.toLocaleString('en-US')} more` : named.join(', ')
  const all = absent.length.toLocaleString('en-US')
  const which = one ? `the column ${names}` : `${all} columns: ${names}`
  const how = one ? 'It is missing' : 'They are missing'
  return `Warning: of the model's signature, ${what} lacks ${which}. ${how} in every row, and scored as such.`
}
