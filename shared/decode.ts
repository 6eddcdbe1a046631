import type { z } from 'zod'
import { Failure } from './failure.ts'

function pathOf(keys: readonly PropertyKey[]): string {
  let path = ''
  for (const key of keys) {
    if (typeof key === 'number') path += `[${key}]`
    else path += path === '' ? String(key) : `.${String(key)}`
  }
  return path
}

/**
 * Decodes an unknown value against a schema.
 *
 * @param what names the value in the error, such as `train cell "churn"` or `slipway.json`
 * @throws Failure `invalid-input` whose message names the first offending path
 */
export function decode<S extends z.ZodType>(schema: S, value: unknown, what: string): z.output<S> {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const issue = result.error.issues[0]
  const path = issue ? pathOf(issue.path) : ''
  const more = result.error.issues.length - 1
  const where = path === '' ? what : `${what}: ${path}`
  throw new Failure(
    'invalid-input',
    `${where}: ${issue?.message ?? 'not of the expected form'}${more > 0 ? ` (and ${more} more)` : ''}.`,
    'Correct it and try again.',
    path === '' ? undefined : path,
  )
}

/** Parses JSON text and decodes it; a syntax error names `what` too. */
export function decodeJson<S extends z.ZodType>(schema: S, text: string, what: string): z.output<S> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new Failure(
      'invalid-input',
      `${what} is not JSON: ${error instanceof Error ? error.message : String(error)}.`,
      'Correct the syntax, or restore the file from a copy.',
    )
  }
  return decode(schema, value, what)
}
