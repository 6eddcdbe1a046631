import { readFile } from 'node:fs/promises'
import { trainedSpec } from '../../shared/catalog/trained-spec.ts'
import type { VersionRef } from '../../shared/contract/models.ts'
import type { EvaluationReport } from '../../shared/evaluation/evaluation-report.ts'
import type { ReportDocument } from '../../shared/evaluation/report-document.ts'
import { Failure } from '../../shared/failure.ts'
import type { Label } from '../../shared/signature/signature.ts'
import type { Catalog } from '../catalog/catalog.ts'
import type { Evaluation } from './evaluation.ts'
import { reportHtml } from './report-html.ts'

/** Columns with slices and curves in the document: the most important ones. */
const mostColumns = 20
/** Rows that are explained one by one, and columns of their SHAP values. */
const explainedRows = 10
const shapColumns = 15

async function readScript(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch {
    throw new Failure(
      'not-found',
      `The script of the report, ${path}, is missing.`,
      'Run npm run build in the checkout, or install Slipway again.',
    )
  }
}

/** The outputs that have SHAP values: of several classes those that have curves. */
function outputsOf(report: EvaluationReport, classes: readonly Label[]): number[] {
  if (report.task !== 'multiclass') return [0]
  return report.oneVersusRest.map(({ label }) => classes.indexOf(label))
}

/** All that is known of how good a version is. What was not computed yet is computed first. */
export async function reportDocument(
  evaluation: Evaluation,
  catalog: Catalog,
  ref: VersionRef,
  signal: AbortSignal,
): Promise<ReportDocument> {
  const found = await evaluation.get(ref)
  const { record } = await catalog.get(ref.name, ref.version)
  const importance = await evaluation.importance(ref, signal)
  const columns = importance.permutation.slice(0, mostColumns).map(({ column }) => column)
  const texts = new Set(found.heldOut.columns.filter(({ kind }) => kind === 'text').map(({ name }) => name))
  const others = found.heldOut.columns.filter((column) => column.role === 'other').slice(0, mostColumns)
  const document: ReportDocument = {
    name: ref.name,
    version: ref.version,
    created: record.created,
    target: record.signature.target.name,
    kind: trainedSpec(record).model?.kind ?? (record.task === 'regression' ? 'linear' : 'logistic'),
    evaluation: found,
    importance,
    slices: [],
    dependence: [],
    shap: [],
    explained: [],
  }
  if (found.trees) {
    for (const output of outputsOf(found.report, record.signature.target.classes ?? [])) {
      const summary = await evaluation.shap(ref, output, signal)
      document.shap.push({ ...summary, columns: summary.columns.slice(0, shapColumns) })
    }
    const rows = Array.from({ length: Math.min(explainedRows, found.heldOut.rows) }, (_, row) => row)
    document.explained.push(...(await evaluation.explain(ref, rows, signal)))
  }
  for (const column of columns) {
    // Two threads at a time: as many as the smallest machine has cores.
    const [slices, dependence] = await Promise.all([
      evaluation.slices(ref, column, signal),
      texts.has(column) ? null : evaluation.dependence(ref, column, signal),
    ])
    document.slices.push(slices)
    if (dependence) document.dependence.push(dependence)
  }
  for (const column of others) document.slices.push(await evaluation.slices(ref, column.name, signal))
  return document
}

/** The evaluation of a version as one HTML document. */
export async function writeReport(
  evaluation: Evaluation,
  ref: VersionRef,
  reportScript: string,
  signal: AbortSignal,
): Promise<{ name: string; html: string }> {
  const script = await readScript(reportScript)
  const html = reportHtml(await evaluation.document(ref, signal), script)
  return { name: `${ref.name}-${ref.version}-evaluation.html`, html }
}
