/** HOT LOOP: passes over all held-out rows. */
import { z } from 'zod'
import { type Label, labelSchema } from '../signature/signature.ts'
import { brierScore, calibration, calibrationSchema } from './calibration.ts'
import { evenEdges, histogram, histogramSchema } from './histogram.ts'
import { thinThresholds, thresholdCounts, thresholdCountsSchema } from './threshold-counts.ts'
import { averagePrecision, rocArea } from './threshold-curves.ts'

const count = z.number().int().min(0)

/** One class against the rest; of a binary model the positive class. */
export const classReportSchema = z.strictObject({
  label: labelSchema,
  /** Thinned; every count is exact. */
  thresholds: thresholdCountsSchema,
  /** Over every score, before thinning; null where either side is absent. */
  auc: z.number().nullable(),
  averagePrecision: z.number().nullable(),
  brier: z.number(),
  calibration: z.strictObject({ equalMass: calibrationSchema, equalWidth: calibrationSchema }),
  /** Two series over [0, 1]: rows of the other classes, rows of this one. */
  scores: histogramSchema,
})
export type ClassReport = z.infer<typeof classReportSchema>

export const binaryReportSchema = z.strictObject({
  task: z.literal('binary'),
  rows: count,
  /** [negative, positive] */
  classes: z.tuple([labelSchema, labelSchema]),
  positive: classReportSchema,
})
export type BinaryReport = z.infer<typeof binaryReportSchema>

export const multiclassReportSchema = z.strictObject({
  task: z.literal('multiclass'),
  rows: count,
  classes: z.array(labelSchema),
  /** The lines of the confusion matrix: all classes up to 40, else the most frequent ones and `other classes`. */
  matrix: z.array(labelSchema),
  /** `confusion[actual * lines + predicted]` */
  confusion: z.array(count),
  /** One against the rest, of the `mostClasses` most frequent classes, in the order of `classes`. */
  oneVersusRest: z.array(classReportSchema),
  /** Of the predicted class: how often the model is right when it is this sure. */
  confidence: calibrationSchema,
})
export type MulticlassReport = z.infer<typeof multiclassReportSchema>

export const mostThresholds = 500
export const mostClasses = 20
/** A thousand classes would make a million counts, which nobody reads and every request carries. */
const mostLines = 40

function classReport(
  label: Label,
  actual: ArrayLike<number>,
  positive: number,
  scores: Float64Array,
): ClassReport {
  const counts = thresholdCounts(actual, scores, positive)
  const hits = Uint8Array.from({ length: actual.length }, (_, r) => (actual[r] === positive ? 1 : 0))
  return {
    label,
    thresholds: thinThresholds(counts, mostThresholds),
    auc: rocArea(counts),
    averagePrecision: averagePrecision(counts),
    brier: brierScore(hits, scores),
    calibration: {
      equalMass: calibration(hits, scores, 'equal-mass'),
      equalWidth: calibration(hits, scores, 'equal-width'),
    },
    scores: histogram(scores, evenEdges(0, 1, 40), hits, 2),
  }
}

/** @param scores P(positive) per row */
export function binaryReport(
  actual: ArrayLike<number>,
  scores: Float64Array,
  classes: readonly [Label, Label],
): BinaryReport {
  return {
    task: 'binary',
    rows: actual.length,
    classes: [...classes],
    positive: classReport(classes[1], actual, 1, scores),
  }
}

/**
 * @param probabilities row-major, `rows × classes`
 * @param predicted class index per row
 */
export function multiclassReport(
  actual: ArrayLike<number>,
  probabilities: Float64Array,
  predicted: ArrayLike<number>,
  classes: readonly Label[],
): MulticlassReport {
  const rows = actual.length
  const width = classes.length
  const members = new Float64Array(width)
  const sure = new Float64Array(rows)
  const right = new Uint8Array(rows)
  for (let r = 0; r < rows; r++) {
    members[actual[r]!] = members[actual[r]!]! + 1
    sure[r] = probabilities[r * width + predicted[r]!]!
    right[r] = actual[r] === predicted[r] ? 1 : 0
  }
  const frequent = classes.map((_, k) => k).sort((a, b) => members[b]! - members[a]! || a - b)
  const mostFrequent = (most: number) => frequent.slice(0, most).sort((a, b) => a - b)
  const shown = mostFrequent(mostClasses)
  const kept = mostFrequent(width > mostLines ? mostLines - 1 : width)
  const lines = width > mostLines ? mostLines : width
  const lineOf = new Int32Array(width).fill(lines - 1)
  kept.forEach((k, line) => {
    lineOf[k] = line
  })
  const confusion = new Array<number>(lines * lines).fill(0)
  for (let r = 0; r < rows; r++) {
    const place = lineOf[actual[r]!]! * lines + lineOf[predicted[r]!]!
    confusion[place] = confusion[place]! + 1
  }
  const scores = new Float64Array(rows)
  return {
    task: 'multiclass',
    rows,
    classes: [...classes],
    matrix: [...kept.map((k) => classes[k]!), ...(width > mostLines ? ['other classes'] : [])],
    confusion,
    oneVersusRest: shown.map((k) => {
      for (let r = 0; r < rows; r++) scores[r] = probabilities[r * width + k]!
      return classReport(classes[k]!, actual, k, scores)
    }),
    confidence: calibration(right, sure, 'equal-mass'),
  }
}
