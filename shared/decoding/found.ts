/** How a value that was not expected is shown in a message: as JSON, short, and without what is secret. */

const mostCharacters = 60

/** Keys whose values are nobody's to read in a log. */
const secretKey = /token$|secret|passw|credential|authorization|api_?key$|private_?key$/i

const isSecret = (key: PropertyKey | undefined): boolean => typeof key === 'string' && secretKey.test(key)

/** A text may be an address that carries a password: `postgres://user:password@host`. */
const withoutCredentials = (text: string): string => text.replace(/:\/\/[^/@\s]+@/g, '://…@')

function cut(text: string, length: number): string {
  const kept = text.slice(0, length)
  return /[\uD800-\uDBFF]$/.test(kept) ? kept.slice(0, -1) : kept
}

/** What is none of JSON's own types, in words; null for the others. */
function nameOf(value: unknown): string | null {
  if (value === undefined) return 'nothing'
  if (typeof value === 'function') return 'a function'
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value)
  if (typeof value === 'bigint' || typeof value === 'symbol') return String(value)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype === null || prototype === Object.prototype) return null
  return `a value of class ${value.constructor?.name ?? 'unknown'}`
}

/** Writes JSON until the room is used up: values may be as large as a file, or hold themselves. */
function write(value: unknown, room: number): string {
  const name = nameOf(value)
  if (name !== null) return name
  if (typeof value === 'string') return JSON.stringify(cut(withoutCredentials(cut(value, 10_000)), room))
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const isList = Array.isArray(value)
  const keys = isList ? null : Object.keys(value)
  const size = keys ? keys.length : (value as unknown[]).length
  let text = isList ? '[' : '{'
  for (let i = 0; i < size && text.length <= room; i++) {
    if (i > 0) text += ','
    const key = keys ? keys[i]! : i
    const inner = (value as Record<PropertyKey, unknown>)[key]
    if (typeof key === 'string') text += `${JSON.stringify(cut(key, room))}:`
    text += isSecret(key) ? '(not shown)' : write(inner, room - text.length)
  }
  return text + (isList ? ']' : '}')
}

/** @param key the value's own key, which tells whether it is secret */
export function found(value: unknown, key?: PropertyKey): string {
  if (value !== undefined && isSecret(key)) return 'a value that is not shown'
  const text = write(value, mostCharacters)
  return text.length > mostCharacters ? `${cut(text, mostCharacters)}…` : text
}
