import { dictionaryOf } from '../features/dictionary.ts'
import type { Encoder } from '../features/pipeline.ts'
import { type Reading, readingOf } from '../features/reading.ts'
import { isTextType } from './column-types.ts'
import { type Limits, limitsOf } from './limits.ts'
import type { Signature, SignatureColumn } from './signature.ts'

/** Numbers of texts; undefined for a text that is unknown. */
export type CodeTable = Pick<ReadonlyMap<string, number>, 'get'>

/** How the values of one column are read. */
export interface ColumnPlan {
  readonly name: string
  readonly reading: Reading
  readonly column: SignatureColumn
  readonly codes: CodeTable
  /** How many categories have a code of their own. */
  readonly known: number
  /** Inputs over which categories without a code are hashed; 0 where they are unseen. */
  readonly hashWidth: number
  /** Inputs over which the words of a text are hashed. */
  readonly textWidth: number
  /** Whether the training column held text, so that numbers are no categories. */
  readonly text: boolean
  readonly limits: Limits | null
  readonly expected: string
}

function codesOf(encoder: Encoder): ReadonlyMap<string, number> {
  const codes = new Map<string, number>()
  for (const [code, category] of (dictionaryOf(encoder) ?? []).entries()) codes.set(category, code)
  return codes
}

const nouns: Record<SignatureColumn['type'], string> = {
  numeric: 'a finite number',
  boolean: 'true or false',
  categorical: 'a string',
  text: 'a string',
  timestamp: 'an ISO 8601 date and time',
}

/** @param codes what texts become, instead of the place among the encoder's categories */
export function planColumn(
  encoder: Encoder,
  signature: Signature,
  codes?: (column: string) => CodeTable,
): ColumnPlan {
  const column = signature.inputs.find((input) => input.name === encoder.name)
  if (!column) throw new Error(`The pipeline's column ${encoder.name} is not in the signature.`)
  return {
    name: encoder.name,
    reading: readingOf(encoder),
    column,
    codes: codes?.(encoder.name) ?? codesOf(encoder),
    known: dictionaryOf(encoder)?.length ?? 0,
    hashWidth: encoder.kind === 'hashing' ? encoder.width : 0,
    textWidth: encoder.kind === 'text' ? encoder.idf.length : 0,
    text: isTextType(column.sourceType),
    limits: limitsOf(column),
    expected: `${nouns[column.type]}${column.missing ? ' or null' : ''}`,
  }
}
