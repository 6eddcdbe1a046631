import type { Examples } from '../../shared/bundle/manifest.ts'
import { compileRowDecoder } from '../../shared/signature/decode-rows.ts'
import type { SignatureColumn } from '../../shared/signature/signature.ts'
import type { RowValue, Session } from '../data/database.ts'
import type { AsyncPredictor } from '../scoring/scoring-thread.ts'
import { parts, rowsTable } from './split-rows.ts'
import { snapshotColumn } from './take-snapshot.ts'

const most = 200
/** Most values of all rows together: with thousands of columns fewer rows are as telling, and quick to replay. */
const mostValues = 100_000
const fewest = 20
/** Of them, at most this many are chosen for having a missing value. */
const mostWithMissing = 50

type Example = Examples['rows'][number]

/** A column's value as a request would write it. */
export function exampleValue(
  value: RowValue | undefined,
  type: SignatureColumn['type'],
): string | number | boolean | null {
  if (value === null || value === undefined) return null
  if (type === 'categorical' || type === 'text') return String(value)
  if (type === 'timestamp') return new Date(Number(value)).toISOString()
  return type === 'boolean' ? Number(value) === 1 : Number(value)
}

async function heldOutRows(session: Session, inputs: readonly SignatureColumn[]): Promise<Example[]> {
  const columns = inputs.map((_, c) => snapshotColumn(c))
  const refused = columns.filter((_, c) => !inputs[c]!.missing)
  // A row that the signature refuses is no example: its column had no missing value in training.
  const accepted = refused.map((column) => `${column} is not null`).join(' and ') || 'true'
  const isMissing = columns.map((column) => `${column} is null`).join(' or ')
  const of = (condition: string, limit: number) =>
    session.rows(
      `select n::double as n, ${columns.join(', ')} from ${rowsTable}
       where part = ${parts.test} and ${accepted} and ${condition} order by n limit ${limit}`,
    )
  const wanted = Math.max(fewest, Math.min(most, Math.floor(mostValues / columns.length)))
  const withMissing = await of(`(${isMissing})`, Math.min(mostWithMissing, wanted / 2))
  const complete = await of(`not (${isMissing})`, wanted - withMissing.length)
  return [...withMissing, ...complete]
    .sort((a, b) => Number(a.n) - Number(b.n))
    .map((row) =>
      Object.fromEntries(inputs.map(({ name, type }, c) => [name, exampleValue(row[columns[c]!], type)])),
    )
}

/** Held-out rows with their predictions, made by the very decoder and predictor that will serve them. */
export async function makeExamples(session: Session, predictor: AsyncPredictor): Promise<Examples> {
  const { signature, pipeline } = predictor
  const decoder = compileRowDecoder(signature, pipeline)
  const held = await heldOutRows(session, signature.inputs)
  // A row that the user's own constraints refuse is no example either.
  const constrained = signature.inputs.some((input) => input.constraints)
  const rows = constrained ? held.filter((row) => decoder.records([row]).ok) : held
  const decoded = decoder.records(rows)
  if (!decoded.ok) {
    throw new Error(`The signature refuses its own example rows: ${JSON.stringify(decoded.fields[0])}`)
  }
  const predicted = await predictor.predict(decoded.batch)
  const probabilities = predictor.probabilities(predicted)
  return {
    version: 1,
    rows,
    predictions: predictor.predictions(predicted),
    ...(probabilities ? { probabilities } : {}),
  }
}
