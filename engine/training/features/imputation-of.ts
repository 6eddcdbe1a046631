import type { imputations } from '../../../shared/features/pipeline.ts'
import type { FeatureColumn } from '../choose-columns.ts'

/** What becomes of a missing number or timestamp: trees learn from it, other models need a value. */
export function imputationOf({ spec, trees }: FeatureColumn): (typeof imputations)[number] {
  return spec.impute ?? (trees ? 'none' : 'median')
}
