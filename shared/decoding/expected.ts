import type { z } from 'zod'
import type { Expectation } from './expectations.ts'
import { found } from './found.ts'
import { isNearlyMet } from './issues.ts'

/**
 * What a schema expects in words of its own, as its `error`: with `{ error: expected('a letter') }` it says
 * `expected a letter, found "1"`. Of a union, an option that was nearly met says better what is wrong inside it.
 */
export function expected(what: string): (issue: z.core.$ZodRawIssue) => string | undefined {
  return (issue) => {
    if (issue.code === 'invalid_union' && issue.errors && isNearlyMet(issue.errors)) return undefined
    const expectation: Expectation = { expected: [what], own: true }
    issue.expectation = expectation
    return `expected ${what}, found ${found(issue.input, issue.path?.at(-1))}`
  }
}
