/** zod's issues with what was expected in our words, each at the innermost place that it is about. */
import type { z } from 'zod'
import { type Expectation, expectationOf } from './expectations.ts'

export type Issue = z.core.$ZodIssue & {
  /** Absent where the schema has a whole message of its own. */
  expectation?: Expectation
  /** The issue is about the last key of its path, not about the value there. */
  ofKey?: boolean
}

/**
 * An error map. zod keeps what is put on an issue, and asks only where the schema has no message itself. The schema
 * that the issue comes from, and so the keys it knows, is at hand here and not later.
 */
export const remember: z.core.$ZodErrorMap = (raw) => {
  raw.expectation = expectationOf(raw)
  return ''
}

/** Not even of the type that was asked for, so that another option of a union may have been meant. */
function isAnother(issue: Issue): boolean {
  if (issue.path.length > 0) return false
  return issue.code === 'invalid_type' || issue.code === 'invalid_value' || issue.code === 'invalid_union'
}

const deepest = (issues: readonly Issue[]): number => Math.max(...issues.map(({ path }) => path.length))

/** Whether an option of a union was likely meant, so that it tells more than the union. */
export function isNearlyMet(errors: readonly (readonly Issue[])[]): boolean {
  return errors.some((issues) => !issues.flatMap(unwrap).some(isAnother))
}

/** The issues of the option that came nearest; where none did, one issue for what any of them would have taken. */
function ofUnion(issue: Issue, options: readonly Issue[][]): Issue[] {
  const meant = options.filter((issues) => !issues.some(isAnother))
  const [nearest] = meant.sort((a, b) => a.length - b.length || deepest(b) - deepest(a))
  if (nearest) return nearest
  const expected = options.flat().flatMap((one) => (isAnother(one) ? (one.expectation?.expected ?? []) : []))
  if (expected.length === 0) return options[0] ?? []
  return [{ ...issue, path: [], expectation: { expected: [...new Set(expected)] } }]
}

function inner(issue: Issue): Issue[] | null {
  if (issue.code === 'invalid_key')
    return issue.issues.flatMap(unwrap).map((one) => ({ ...one, ofKey: true }))
  if (issue.code === 'invalid_element') return issue.issues.flatMap(unwrap)
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return null
  return ofUnion(
    issue,
    issue.errors.map((issues) => issues.flatMap(unwrap)),
  )
}

/** What is wrong inside a key, an element or an option of a union, by its path from outside. */
export function unwrap(issue: Issue): Issue[] {
  const { expectation } = issue
  const issues = expectation === undefined || expectation.own ? null : inner(issue)
  return issues ? issues.map((one) => ({ ...one, path: [...issue.path, ...one.path] })) : [issue]
}
