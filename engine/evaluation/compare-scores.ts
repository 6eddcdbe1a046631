import type { Comparison } from '../../shared/contract/evaluation.ts'
import { bootstrapMetrics } from '../../shared/evaluation/bootstrap.ts'
import { type MetricKernel, metricKernel } from '../../shared/evaluation/metric-kernel.ts'
import { pairedComparison } from '../../shared/evaluation/paired-comparison.ts'
import { predictionsOf } from '../../shared/evaluation/predictions-of.ts'
import { openPredictor } from '../../shared/models/open-predictor.ts'
import { modelEngines } from '../scoring/model-engines.ts'
import { seededRandom } from '../training/seeded-random.ts'
import type { EvaluationJob } from './evaluation-job.ts'

const repetitions = 500
const seed = 31

/** Metrics of versions beside each other, paired by row where the rows are the same. */
export async function compareScores(
  job: Extract<EvaluationJob, { kind: 'compare' }>,
): Promise<Comparison['metrics']> {
  const kernels: MetricKernel[] = []
  for (const { actual, scored } of job.versions) {
    const predictions =
      'scores' in scored
        ? predictionsOf(scored.task, scored.scores, scored.outputs)
        : (await openPredictor(scored.model, modelEngines)).predict(scored.batch)
    kernels.push(metricKernel(actual, predictions))
  }
  if (job.paired) {
    return pairedComparison(kernels, repetitions, seededRandom(seed)).map((metric) => ({
      key: metric.key,
      estimates: [...metric.estimates],
      differences: [...metric.differences],
    }))
  }
  const alone = kernels.map((kernel) => bootstrapMetrics(kernel, repetitions, seededRandom(seed)))
  const keys = kernels[0]?.keys ?? []
  return keys.map((key) => ({
    key,
    estimates: alone.map((estimates) => estimates[key] ?? null),
    differences: alone.map(() => null),
  }))
}
