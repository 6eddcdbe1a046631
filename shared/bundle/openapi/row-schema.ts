import { describeConstraints } from '../../signature/limits.ts'
import type { Signature, SignatureColumn } from '../../signature/signature.ts'
import type { Json, JsonObject } from './document-parts.ts'

function columnSchema(column: SignatureColumn): JsonObject {
  const type = column.type === 'numeric' ? 'number' : column.type === 'boolean' ? 'boolean' : 'string'
  const notes: string[] = []
  if (column.min !== undefined && column.max !== undefined) {
    const shown = column.type === 'timestamp' ? isoText : String
    notes.push(
      `Training values lay from ${shown(column.min)} to ${shown(column.max)}; others are scored and counted.`,
    )
  }
  const demanded = describeConstraints(column)
  if (demanded !== null) notes.push(`Refused unless it is ${demanded}.`)
  if (column.values && column.values.length > 0) {
    notes.push('Values not seen in training are scored as unseen.')
  }
  return {
    type: column.missing ? [type, 'null'] : type,
    ...(column.type === 'timestamp' ? { format: 'date-time' } : {}),
    ...constraintSchema(column),
    ...(notes.length > 0 ? { description: notes.join(' ') } : {}),
    ...(column.values && column.values.length > 0 ? { examples: column.values.slice(0, 10) } : {}),
  }
}

function isoText(milliseconds: number): string {
  return new Date(milliseconds).toISOString()
}

/** The user's constraints in JSON Schema's own words, as far as it has them. */
function constraintSchema({ type, missing, constraints = {} }: SignatureColumn): JsonObject {
  const { min, max, integer, values, pattern } = constraints
  const isNumber = type === 'numeric'
  return {
    ...(isNumber && typeof min === 'number' ? { minimum: min } : {}),
    ...(isNumber && typeof max === 'number' ? { maximum: max } : {}),
    ...(isNumber && integer ? { multipleOf: 1 } : {}),
    ...(values ? { enum: missing ? [...values, null] : values } : {}),
    ...(pattern === undefined ? {} : { pattern: `^(?:${pattern})$` }),
  }
}

/** A row as an object of the signature's columns. */
export function rowSchema({ inputs }: Signature): Json {
  return {
    type: 'object',
    required: inputs.filter((column) => column.required).map((column) => column.name),
    properties: Object.fromEntries(inputs.map((column) => [column.name, columnSchema(column)])),
  }
}
