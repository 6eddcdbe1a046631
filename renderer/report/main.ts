/** Draws an exported evaluation from the data in its own file. It runs from `file://` and asks for nothing. */

import { kindName } from '../../shared/catalog/kind-name.ts'
import type { ReportDocument } from '../../shared/evaluation/report-document.ts'
import { metricName } from '../../shared/metrics/metric-name.ts'
import { mainMetric } from '../../shared/metrics/metrics.ts'
import { formatCounted, formatMetric } from '../ui/format.ts'
import { chooser } from './chooser.ts'
import { classPictures } from './class-pictures.ts'
import { dependencePicture, importancePictures } from './inspection-pictures.ts'
import { shapPictures } from './shap-pictures.ts'
import { slicePictures } from './slice-pictures.ts'
import { html } from './svg.ts'
import { multiclassPictures, regressionPictures } from './task-pictures.ts'

function pictures({ evaluation, target }: ReportDocument): Node[] {
  const { report } = evaluation
  switch (report.task) {
    case 'binary':
      return [classPictures(report.positive, [String(report.classes[0]), String(report.classes[1])])]
    case 'multiclass':
      return multiclassPictures(report)
    case 'regression':
      return [regressionPictures(report, target)]
  }
}

function sentence(words: string): string {
  return words.slice(0, 1).toUpperCase() + words.slice(1)
}

function draw(report: ReportDocument, main: HTMLElement): void {
  const { evaluation, importance, slices, dependence, shap, explained } = report
  const { task, rows } = evaluation.report
  const kept = evaluation.heldOut.rows
  const given = evaluation.heldOut.origin === 'given'
  const figures = Object.entries(evaluation.metrics).map(([key, value]) =>
    html('div', {}, html('span', {}, metricName(key)), html('b', {}, formatMetric(value))),
  )
  const features = importance.permutation.length
  main.append(
    html(
      'p',
      {},
      `${sentence(kindName(report.kind))} predicting ${report.target}, ${given ? 'imported' : 'trained'} ${report.created.slice(0, 16).replace('T', ' ')} UTC. ${formatCounted(rows, given ? 'given row' : 'held-out row')}${kept < rows ? `, ${formatCounted(kept, 'row')} of them kept for slices and importance` : ''}.${given ? ' Whether the model saw them in training is not known.' : ''}`,
    ),
    html('div', { class: 'figures' }, ...figures),
    html('h2', {}, given ? 'On given rows' : 'On held-out rows'),
    ...pictures(report),
    html('h2', {}, 'Slices'),
    chooser(
      slices.map((one) => one.column),
      'Column',
      (i) => slicePictures(slices[i]!, mainMetric[task].key),
    ),
    html('h2', {}, 'What the model goes by'),
    importancePictures(importance),
    ...(shap.length === 0 ? [] : [html('h2', {}, 'SHAP values'), ...shapPictures(shap, explained)]),
    html('h2', {}, 'Partial dependence'),
    html(
      'p',
      {},
      dependence.length < features
        ? `How the mean prediction changes with each of the ${dependence.length} most important of ${formatCounted(features, 'column')}.`
        : 'How the mean prediction changes with each column, the most important first.',
    ),
    html('div', { class: 'grid' }, ...dependence.map(dependencePicture)),
  )
}

const data = document.getElementById('report')?.textContent
const main = document.querySelector('main')
// Written beside this script by the engine from the very type it is read as.
if (data && main) draw(JSON.parse(data) as ReportDocument, main)
