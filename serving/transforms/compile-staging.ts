import { compileRowDecoder } from '../../shared/signature/decode-rows.ts'
import type { Signature } from '../../shared/signature/signature.ts'
import { createStaging, type StagedRows } from '../../shared/transforms/staged-rows.ts'
import type { TransformPlan } from '../../shared/transforms/transform-plan.ts'
import type { RequestRows } from '../rows/request-rows.ts'
import { unfit } from '../scoring/unfit.ts'

/**
 * Compiles the decoder of request rows against the signature of a model with transforms. What it returns is the
 * caller's own; the next call leaves it alone.
 *
 * @throws Refusal `invalid_rows` with the offending fields
 */
export function compileStaging(signature: Signature, plan: TransformPlan): (rows: RequestRows) => StagedRows {
  const staging = createStaging(plan)
  const { codes, pipeline } = staging
  const values = compileRowDecoder(signature, pipeline, { codes })
  const cells = compileRowDecoder(signature, pipeline, { codes, text: true })

  const decode = (rows: RequestRows) => {
    switch (rows.kind) {
      case 'records':
        return values.records(rows.records)
      case 'table':
        return (rows.text ? cells : values).table(rows.columns, rows.data)
      case 'columns':
        return (rows.text ? cells : values).columns(rows.columns, rows.rows)
    }
  }

  return (given) => {
    staging.clear()
    const decoded = decode(given)
    if (!decoded.ok) throw unfit(decoded.fields)
    const { staged, fractions } = staging.take(decoded.batch)
    if (fractions.length > 0) throw unfit(fractions)
    return staged
  }
}
