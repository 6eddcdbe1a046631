import { parseTimestamp } from './parse-timestamp.ts'
import type { SignatureColumn } from './signature.ts'

/** A column's constraints, ready to be checked value by value. */
export interface Limits {
  readonly min: number
  readonly max: number
  readonly integer: boolean
  readonly values: ReadonlySet<string> | null
  readonly pattern: RegExp | null
  /** What an error expects, such as `a number from 0 to 120`. */
  readonly expected: string
}

function bound(value: number | string | undefined, otherwise: number): number {
  if (value === undefined) return otherwise
  return typeof value === 'number' ? value : (parseTimestamp(value) ?? otherwise)
}

function between(min: unknown, max: unknown): string {
  if (min !== undefined && max !== undefined) return ` from ${String(min)} to ${String(max)}`
  if (min !== undefined) return ` from ${String(min)} on`
  return max === undefined ? '' : ` up to ${String(max)}`
}

const shownValues = 10

/** In words, what the constraints of a column allow; null where it has none that concern a value. */
export function describeConstraints({ type, constraints }: SignatureColumn): string | null {
  if (!constraints) return null
  const { min, max, integer, values, pattern } = constraints
  if (values) {
    const listed = values
      .slice(0, shownValues)
      .map((value) => JSON.stringify(value))
      .join(', ')
    return `one of ${listed}${values.length > shownValues ? ` and ${values.length - shownValues} more` : ''}`
  }
  if (pattern !== undefined) return `a string that matches ${pattern}`
  if (min === undefined && max === undefined && !integer) return null
  const noun = type === 'timestamp' ? 'a time' : integer ? 'a whole number' : 'a number'
  return `${noun}${between(min, max)}`
}

/** A pattern must match the whole value. */
export function wholePattern(pattern: string): RegExp {
  return new RegExp(`^(?:${pattern})$`, 'u')
}

/** Compiles a column's constraints; null where it has none that concern a value. */
export function limitsOf(column: SignatureColumn): Limits | null {
  const expected = describeConstraints(column)
  const { constraints } = column
  if (expected === null || !constraints) return null
  const { min, max, integer = false, values, pattern } = constraints
  return {
    min: bound(min, Number.NEGATIVE_INFINITY),
    max: bound(max, Number.POSITIVE_INFINITY),
    integer,
    values: values ? new Set(values) : null,
    pattern: pattern === undefined ? null : wholePattern(pattern),
    expected: `${expected}${column.missing ? ' or null' : ''}`,
  }
}

/** Whether a number, or a time in milliseconds, keeps to its limits. */
export function numberKeeps({ min, max, integer }: Limits, value: number): boolean {
  return value >= min && value <= max && (!integer || Number.isInteger(value))
}

/** Whether a category or text keeps to its limits. */
export function textKeeps({ values, pattern }: Limits, value: string): boolean {
  return (values === null || values.has(value)) && (pattern === null || pattern.test(value))
}
