import type { Comparison } from '../../shared/contract/evaluation.ts'
import { bootstrapMetrics } from '../../shared/evaluation/bootstrap.ts'
import { metricKernel } from '../../shared/evaluation/metric-kernel.ts'
import { pairedComparison } from '../../shared/evaluation/paired-comparison.ts'
import { predictionsOf } from '../../shared/evaluation/predictions-of.ts'
import { seededRandom } from '../training/seeded-random.ts'
import type { EvaluationJob } from './evaluation-job.ts'
import { predictorOf } from './predictor-of.ts'

const repetitions = 500
const seed = 31

/** Metrics of versions beside each other, paired by row where the rows are the same. */
export function compareScores(job: Extract<EvaluationJob, { kind: 'compare' }>): Comparison['metrics'] {
  const kernels = job.versions.map(({ actual, scored }) => {
    const predictions =
      'scores' in scored
        ? predictionsOf(scored.task, scored.scores, scored.outputs)
        : predictorOf(scored.model).predict(scored.batch)
    return metricKernel(actual, predictions)
  })
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
