import type { ColumnLayout } from '../../../shared/drift/baseline.ts'
import type { Encoder } from '../../../shared/features/pipeline.ts'
import type { SignatureColumn } from '../../../shared/signature/signature.ts'
import type { FeatureColumn } from '../choose-columns.ts'

/** One feature, fitted on the training rows: how it is encoded, accepted and counted. */
export interface FittedColumn {
  encoder: Encoder
  signature: SignatureColumn
  layout: ColumnLayout
}

/**
 * What serving accepts: a missing value where training had one, or where the train cell says what becomes of it.
 * The user's own constraints go before both.
 */
export function acceptance(feature: FeatureColumn, missing: number) {
  const { impute, constraints } = feature.spec
  const accepted = constraints?.missing ?? (missing > 0 || impute !== undefined)
  return {
    name: feature.name,
    sourceType: feature.sourceType,
    required: constraints?.required ?? !accepted,
    missing: accepted,
    ...(constraints ? { constraints } : {}),
  }
}
