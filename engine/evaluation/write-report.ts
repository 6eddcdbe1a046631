import { readFile } from 'node:fs/promises'
import type { VersionRef } from '../../shared/contract/models.ts'
import type { ReportDocument } from '../../shared/evaluation/report-document.ts'
import { Failure } from '../../shared/failure.ts'
import type { Catalog } from '../catalog/catalog.ts'
import type { Evaluation } from './evaluation.ts'
import { reportHtml } from './report-html.ts'

/** Columns with slices and curves in the document: the most important ones. */
const mostColumns = 12

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

/** The evaluation of a version as one HTML document. What was not computed yet is computed first. */
export async function writeReport(
  evaluation: Evaluation,
  catalog: Catalog,
  ref: VersionRef,
  reportScript: string,
  signal: AbortSignal,
): Promise<{ name: string; html: string }> {
  const script = await readScript(reportScript)
  const found = await evaluation.get(ref)
  const { record } = await catalog.get(ref.name, ref.version)
  const importance = await evaluation.importance(ref, signal)
  const columns = importance.permutation.slice(0, mostColumns).map(({ column }) => column)
  const others = found.heldOut.columns.filter((column) => column.role === 'other').slice(0, mostColumns)
  const document: ReportDocument = {
    name: ref.name,
    version: ref.version,
    created: record.created,
    target: record.signature.target.name,
    kind: record.spec.model?.kind ?? (record.task === 'regression' ? 'linear' : 'logistic'),
    evaluation: found,
    importance,
    slices: [],
    dependence: [],
    shap: found.trees ? await evaluation.shap(ref, signal) : null,
  }
  for (const column of columns) {
    document.slices.push(await evaluation.slices(ref, column, signal))
    document.dependence.push(await evaluation.dependence(ref, column, signal))
  }
  for (const column of others) document.slices.push(await evaluation.slices(ref, column.name, signal))
  return { name: `${ref.name}-${ref.version}-evaluation.html`, html: reportHtml(document, script) }
}
