import type {
  Comparison,
  Explanation,
  ImportanceReport,
  SliceReport,
  VersionEvaluation,
} from '../../shared/contract/evaluation.ts'
import type { VersionRef } from '../../shared/contract/models.ts'
import type { Dependence } from '../../shared/evaluation/partial-dependence.ts'
import type { ReportDocument } from '../../shared/evaluation/report-document.ts'
import type { ShapSummary } from '../../shared/evaluation/shap-summary.ts'

/**
 * How good versions are on rows they never saw. The pictures come with the version; what takes longer is computed in
 * a thread at the first request and kept in `.slipway/evaluations/<digest of the version>/`.
 *
 * Every method throws Failure `not-found` for a version that keeps no held-out rows, `cancelled` after `signal`.
 */
export interface Evaluation {
  get(version: VersionRef): Promise<VersionEvaluation>
  /** @throws Failure `not-found` naming the columns there are */
  slices(version: VersionRef, column: string, signal: AbortSignal): Promise<SliceReport>
  importance(version: VersionRef, signal: AbortSignal): Promise<ImportanceReport>
  /** @throws Failure `not-found` naming the features there are, `invalid-input` for a text */
  dependence(version: VersionRef, column: string, signal: AbortSignal): Promise<Dependence>
  /**
   * @param output of several classes the place of the one explained; else 0
   * @throws Failure `invalid-input` for a model without trees, or a class that there is not
   */
  shap(version: VersionRef, output: number, signal: AbortSignal): Promise<ShapSummary>
  /** Kept held-out rows by their places, in this order. */
  explain(version: VersionRef, rows: readonly number[], signal: AbortSignal): Promise<Explanation[]>
  compare(versions: readonly VersionRef[], signal: AbortSignal): Promise<Comparison>
  /** All of it at once: curves, slices, importance, dependence, and SHAP values of trees. */
  document(version: VersionRef, signal: AbortSignal): Promise<ReportDocument>
  /** One HTML document that needs nothing beside it. */
  exportHtml(version: VersionRef, signal: AbortSignal): Promise<{ name: string; html: string }>
}
