/** HOT: between every request body and its predictions (benchmark: bench/serving.ts). */
import type { Batch } from '../../shared/features/batch.ts'
import type { Predictions } from '../../shared/models/predictor.ts'
import { compileRowDecoder, type DecodedRows } from '../../shared/signature/decode-rows.ts'
import type { LoadedModel } from '../bundle/load-model.ts'
import type { RequestRows } from '../rows/request-rows.ts'
import { rowsBeyondRange } from './beyond-range.ts'
import { unfit } from './unfit.ts'

export interface ScoredRows {
  readonly batch: Batch
  readonly predictions: Predictions
}

/**
 * Compiles a model's decoder of request rows. The batch of one call is overwritten by the next.
 *
 * @throws Refusal `invalid_rows` with the offending fields
 */
export function compileDecoding(model: LoadedModel): (rows: RequestRows) => Batch {
  const values = compileRowDecoder(model.signature, model.pipeline)
  const cells = compileRowDecoder(model.signature, model.pipeline, { text: true })
  const decode = (rows: RequestRows): DecodedRows => {
    switch (rows.kind) {
      case 'records':
        return values.records(rows.records)
      case 'table':
        return (rows.text ? cells : values).table(rows.columns, rows.data)
      case 'columns':
        return (rows.text ? cells : values).columns(rows.columns, rows.rows, rows.coded)
    }
  }
  return (rows) => {
    const decoded = decode(rows)
    if (!decoded.ok) throw unfit(decoded.fields)
    return decoded.batch
  }
}

/** @throws Refusal `invalid_rows` for rows that the model cannot count with */
export function assertWithinRange(model: LoadedModel, scored: ScoredRows): void {
  const beyond = rowsBeyondRange(model, scored)
  if (beyond.length > 0) throw unfit(beyond)
}

/**
 * Compiles a model's way from request rows to predictions: decode against the signature, pipeline, model.
 * Batch and predictions share buffers that the next call overwrites, so a request is scored and answered in one turn.
 *
 * @throws Refusal `invalid_rows` with the offending fields
 */
export function compileScoring(model: LoadedModel): (rows: RequestRows) => ScoredRows {
  const decode = compileDecoding(model)
  return (rows) => {
    const batch = decode(rows)
    const scored = { batch, predictions: model.predictor.predict(batch) }
    assertWithinRange(model, scored)
    return scored
  }
}
