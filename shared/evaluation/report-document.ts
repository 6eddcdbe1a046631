import type { Explanation, ImportanceReport, SliceReport, VersionEvaluation } from '../contract/evaluation.ts'
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
  /** Of the most important columns, and of others that the model does not read. */
  readonly slices: SliceReport[]
  readonly dependence: Dependence[]
  /** Of trees, per class explained: one, or as many as have curves. Empty for other models. */
  readonly shap: ShapSummary[]
  /** Why the first kept rows are predicted as they are; empty without trees. */
  readonly explained: Explanation[]
}
