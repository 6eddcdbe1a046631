import type { Signature } from '../../shared/signature/signature.ts'
import { Refusal } from '../http/refusal.ts'
import { checkHeader } from '../rows/request-rows.ts'

const mostShown = 8
const longestName = 60

function list(names: readonly string[]): string {
  const shown = names.slice(0, mostShown).map((name) => JSON.stringify(name.slice(0, longestName)))
  const rest = names.length - shown.length
  return `${shown.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`
}

/**
 * Refuses a header that lacks a column every row must have or repeats a name. Unlike a request's, names that are there
 * are shown: the file is the caller's own, and a semicolon between its cells is seen at once.
 */
export function checkColumns(names: readonly string[], signature: Signature): void {
  try {
    checkHeader(names, signature)
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    const found =
      error.code === 'invalid_rows'
        ? `It has ${list(names)}.`
        : `It is ${list(error.fields.map(({ column }) => column))}.`
    throw new Refusal(error.status, error.code, `${error.message} ${found}`, error.fields)
  }
}
