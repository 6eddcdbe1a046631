import type { Predictions } from '../../shared/models/predictor.ts'
import { compileRowDecoder, type DecodedRows, type FieldError } from '../../shared/signature/decode-rows.ts'
import type { Signature } from '../../shared/signature/signature.ts'
import type { AsyncPredictor } from './scoring-thread.ts'
import type { VersionTransforms } from './version-transforms.ts'

/** Predictions, or the first value or row that the version cannot score. */
export type ScoredBatch =
  | { readonly ok: true; readonly predictions: Predictions }
  | { readonly ok: false; readonly field: FieldError }

/** All that lies between rows and predictions: decoding against the signature, SQL, feature pipeline, model. */
export interface RowScorer {
  /** `{column: [value, …], …}`; all arrays must be `rows` long. One call at a time. */
  columns(columns: Readonly<Record<string, ArrayLike<unknown>>>, rows: number): Promise<ScoredBatch>
  records(rows: readonly unknown[]): Promise<ScoredBatch>
  /** Makes a call that waits for SQL fail. */
  interrupt(): void
  close(): void
}

function firstOf(fields: readonly FieldError[]): ScoredBatch {
  const [field] = fields
  return { ok: false, field: field ?? { row: 0, column: '', expected: 'rows that fit', found: 'others' } }
}

/** @param signature of what rows carry, which is not the predictor's own where there is SQL in between */
export function createRowScorer(
  signature: Signature,
  predictor: AsyncPredictor & { close(): void },
  transforms: VersionTransforms | null,
): RowScorer {
  const staging = transforms?.staging ?? null
  const options = { maxErrors: 1, ...(staging ? { codes: staging.codes } : {}) }
  const decoder = compileRowDecoder(signature, staging?.pipeline ?? predictor.pipeline, options)
  const score = async (decode: () => DecodedRows): Promise<ScoredBatch> => {
    staging?.clear()
    const decoded = decode()
    if (!decoded.ok) return firstOf(decoded.fields)
    if (!transforms) return { ok: true, predictions: await predictor.predict(decoded.batch) }
    const { staged, fractions } = transforms.staging.take(decoded.batch)
    if (fractions.length > 0) return firstOf(fractions)
    const made = await transforms.run(staged)
    return made.ok ? { ok: true, predictions: await predictor.predict(made.batch) } : made
  }
  return {
    columns: (columns, rows) => score(() => decoder.columns(columns, rows)),
    records: (rows) => score(() => decoder.records(rows)),
    interrupt: () => transforms?.interrupt(),
    close() {
      predictor.close()
      transforms?.close()
    },
  }
}
