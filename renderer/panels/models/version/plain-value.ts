/**
 * A JSON text as people write the value: a string without its quotes. One that would then read as another value keeps
 * them, such as "1", "true" and the empty one.
 */
export function plainValue(json: string): string {
  const value: unknown = JSON.parse(json)
  if (typeof value !== 'string') return json
  return value.trim() !== value || value === '' || readsOtherwise(value) ? json : value
}

function readsOtherwise(text: string): boolean {
  try {
    return typeof JSON.parse(text) !== 'string'
  } catch {
    return false
  }
}
