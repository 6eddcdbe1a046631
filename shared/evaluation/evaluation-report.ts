import { z } from 'zod'
import type { Predictions } from '../models/predictor.ts'
import type { Signature } from '../signature/signature.ts'
import {
  binaryReport,
  binaryReportSchema,
  multiclassReport,
  multiclassReportSchema,
} from './classification-report.ts'
import { regressionReport, regressionReportSchema } from './regression-report.ts'

/** The file `evaluation.json`: the pictures of a version on all its held-out rows, made when it was trained. */
export const evaluationReportSchema = z.discriminatedUnion('task', [
  binaryReportSchema,
  multiclassReportSchema,
  regressionReportSchema,
])
export type EvaluationReport = z.infer<typeof evaluationReportSchema>

/**
 * @param actual class index per row, or the number for regression; as many as `predictions.rows`
 */
export function evaluationReport(
  actual: Float64Array,
  predictions: Predictions,
  signature: Signature,
): EvaluationReport {
  const { rows, outputs, classIndexes } = predictions
  const classes = signature.target.classes ?? []
  const scores = predictions.scores.subarray(0, rows * outputs)
  switch (predictions.task) {
    case 'binary': {
      const [negative, positive] = classes
      if (negative === undefined || positive === undefined)
        throw new Error('A binary signature has two classes.')
      return binaryReport(actual, scores, [negative, positive])
    }
    case 'multiclass':
      return multiclassReport(actual, scores, classIndexes, classes)
    case 'regression':
      return regressionReport(actual, scores)
  }
}
