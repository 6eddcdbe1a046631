import { describeConstraints, type Limits, limitsOf, textKeeps } from './limits.ts'
import type { Signature, SignatureColumn } from './signature.ts'

const anything: Limits = {
  min: Number.NEGATIVE_INFINITY,
  max: Number.POSITIVE_INFINITY,
  integer: false,
  values: null,
  pattern: null,
  expected: '',
}

/** Whether every value that keeps to `current` keeps to `next`; a pattern holds another only where both are the same. */
function takesAll(current: Limits, next: Limits): boolean {
  if (next.min > current.min || next.max < current.max || (next.integer && !current.integer)) return false
  if (current.values) return [...current.values].every((value) => textKeeps(next, value))
  return next.values === null && (next.pattern === null || next.pattern.source === current.pattern?.source)
}

const nouns: Record<SignatureColumn['type'], string> = {
  numeric: 'any number',
  categorical: 'any string',
  text: 'any string',
  boolean: 'true and false',
  timestamp: 'any time',
}

const allowed = (column: SignatureColumn) => describeConstraints(column) ?? nouns[column.type]

function columnDifferences(current: SignatureColumn | undefined, next: SignatureColumn): string[] {
  const { name } = next
  if (!current) {
    return next.required || !next.missing ? [`it needs a column "${name}", which requests do not carry`] : []
  }
  const differences: string[] = []
  if (current.type !== next.type) differences.push(`"${name}" is ${next.type} there and ${current.type} here`)
  else if (!takesAll(limitsOf(current) ?? anything, limitsOf(next) ?? anything)) {
    differences.push(`"${name}" takes ${allowed(next)} there and ${allowed(current)} here`)
  }
  if (next.required && !current.required)
    differences.push(`"${name}" must be in every row there, and not here`)
  if (!next.missing && current.missing) differences.push(`"${name}" may not be missing there, and may here`)
  return differences
}

/**
 * Why a model of signature `next` cannot take the requests, and stand for the answers, of one of signature `current`:
 * a phrase each, none when it can. What training saw (ranges, categories) may differ, and what the user demands of a
 * column may be less; the target's classes may not differ, nor may a column be needed or a value be refused that was not.
 */
export function signatureDifferences(current: Signature, next: Signature): string[] {
  const differences: string[] = []
  if (current.task !== next.task) differences.push(`its task is ${next.task} there and ${current.task} here`)
  if (current.target.name !== next.target.name) {
    differences.push(`it predicts "${next.target.name}" there and "${current.target.name}" here`)
  }
  const classes = (signature: Signature) => JSON.stringify([...(signature.target.classes ?? [])])
  if (classes(current) !== classes(next)) {
    differences.push(`its classes are ${classes(next)} there and ${classes(current)} here`)
  }
  for (const column of next.inputs) {
    const before = current.inputs.find((input) => input.name === column.name)
    differences.push(...columnDifferences(before, column))
  }
  return differences
}
