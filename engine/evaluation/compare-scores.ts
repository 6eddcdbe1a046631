import { bootstrapMetrics } from '../../shared/evaluation/bootstrap.ts'
import { type EvaluationReport, evaluationReport } from '../../shared/evaluation/evaluation-report.ts'
import { type MetricKernel, metricKernel } from '../../shared/evaluation/metric-kernel.ts'
import { pairedComparison } from '../../shared/evaluation/paired-comparison.ts'
import { predictionsOf } from '../../shared/evaluation/predictions-of.ts'
import { openPredictor } from '../../shared/models/open-predictor.ts'
import { modelEngines } from '../scoring/model-engines.ts'
import { seededRandom } from '../training/seeded-random.ts'
import type { ComparedScores, EvaluationJob } from './evaluation-job.ts'

const repetitions = 500
const seed = 31

/** Metrics of versions beside each other, paired by row where the rows are the same. */
export async function compareScores(
  job: Extract<EvaluationJob, { kind: 'compare' }>,
): Promise<ComparedScores> {
  const kernels: MetricKernel[] = []
  const reports: EvaluationReport[] = []
  for (const { actual, scored } of job.versions) {
    const predictions =
      'scores' in scored
        ? predictionsOf(scored.task, scored.scores, scored.outputs)
        : (await openPredictor(scored.model, modelEngines)).predict(scored.batch)
    kernels.push(metricKernel(actual, predictions))
    if (job.curves) reports.push(evaluationReport(actual, predictions, job.signature))
  }
  return {
    metrics: job.paired ? pairedMetrics(kernels) : metricsAlone(kernels),
    reports: job.curves ? reports : null,
  }
}

function pairedMetrics(kernels: readonly MetricKernel[]): ComparedScores['metrics'] {
  return pairedComparison(kernels, repetitions, seededRandom(seed)).map((metric) => ({
    key: metric.key,
    estimates: [...metric.estimates],
    differences: [...metric.differences],
  }))
}

function metricsAlone(kernels: readonly MetricKernel[]): ComparedScores['metrics'] {
  const alone = kernels.map((kernel) => bootstrapMetrics(kernel, repetitions, seededRandom(seed)))
  const keys = kernels[0]?.keys ?? []
  return keys.map((key) => ({
    key,
    estimates: alone.map((estimates) => estimates[key] ?? null),
    differences: alone.map(() => null),
  }))
}
