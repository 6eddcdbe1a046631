import type { z } from 'zod'
import { parseJson } from './decoding/parse-json.ts'
import { pathText } from './decoding/path-text.ts'
import { read } from './decoding/read.ts'
import { Failure } from './failure.ts'

/**
 * Decodes an unknown value against a schema.
 *
 * @param what names the value in the error, such as `train cell "churn"` or `slipway.json`
 * @param whatToDo the way out where the value is no work of the user's; default: what to change in it
 * @throws Failure `invalid-input` whose message names the first offending path
 */
export function decode<S extends z.ZodType>(
  schema: S,
  value: unknown,
  what: string,
  whatToDo?: string,
): z.output<S> {
  const reading = read(schema, value)
  if (reading.ok) return reading.value
  const [problem, ...others] = reading.problems
  const path = pathText(problem.path)
  const more =
    others.length === 0 ? '' : others.length === 1 ? ' (1 more problem)' : ` (${others.length} more problems)`
  throw new Failure(
    'invalid-input',
    `${path === '' ? what : `${what}: ${path}`}: ${problem.message}${more}.`,
    whatToDo ?? problem.whatToDo,
    path === '' ? undefined : path,
  )
}

/** Parses JSON text and decodes it; a syntax error names `what` too, the place and what was expected there. */
export function decodeJson<S extends z.ZodType>(
  schema: S,
  text: string,
  what: string,
  whatToDo?: string,
): z.output<S> {
  return decode(schema, parseJson(text, what, whatToDo), what, whatToDo)
}
