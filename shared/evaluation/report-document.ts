import type { ImportanceReport, SliceReport, VersionEvaluation } from '../contract/evaluation.ts'
import type { Dependence } from './partial-dependence.ts'
import type { ShapSummary } from './shap-summary.ts'

/** What an exported report carries as JSON, for its own script to draw. */
export interface ReportDocument {
  readonly name: string
  readonly version: number
  readonly created: string
  readonly target: string
  readonly kind: string
  readonly evaluation: VersionEvaluation
  readonly importance: ImportanceReport
  readonly slices: SliceReport[]
  readonly dependence: Dependence[]
  readonly shap: ShapSummary | null
}
