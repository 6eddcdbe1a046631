import type { SliceReport } from '../../shared/contract/evaluation.ts'
import { predictionsOf } from '../../shared/evaluation/predictions-of.ts'
import { type SliceAssignment, sliceMetrics, sliceNumbers } from '../../shared/evaluation/slices.ts'
import { seededRandom } from '../training/seeded-random.ts'
import type { EvaluationJob } from './evaluation-job.ts'

/** Repetitions of a bootstrap; each draws all rows of a slice. */
export const bootstrapRepetitions = 300

const seed = 17

function day(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 10)
}

const names = {
  number: undefined,
  time: day,
  text: (words: number) => (words === 1 ? '1 word' : `${Math.round(words)} words`),
}

/** Metrics of each slice of a column, and of all rows. */
export function slicesOf(job: Extract<EvaluationJob, { kind: 'slices' }>): SliceReport {
  const { actual, by, column } = job
  const { task, scores, outputs } = job.predictions
  const predictions = predictionsOf(task, scores, outputs)
  const assignment: SliceAssignment =
    by.kind === 'labels' ? by : sliceNumbers(by.values, 8, by.of === 'time' ? 0 : 12, names[by.of])
  const whole = { labels: ['all rows'], slices: new Uint8Array(actual.length) }
  const [overall] = sliceMetrics(actual, predictions, whole, bootstrapRepetitions, seededRandom(seed))
  if (!overall) throw new Error('A version keeps at least one row.')
  const slices = sliceMetrics(actual, predictions, assignment, bootstrapRepetitions, seededRandom(seed))
  return { column, overall, slices }
}
