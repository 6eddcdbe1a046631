import { setImmediate as nextTurn } from 'node:timers/promises'
import type { LeakageWarning } from '../../../shared/catalog/training-results.ts'
import { quote, type Session } from '../../data/database.ts'
import type { Resolved } from '../resolve-task.ts'
import { columnStrength } from './column-strength.ts'
import { isOrdered, type PlacedFeature, readSamples } from './read-sample.ts'

/** At most so many rows to learn from and to check on. */
const mostRows = 50_000
/** From here on a feature is said to give the target away. */
const thresholds = { binary: 0.99, multiclass: 0.98, regression: 0.99 } as const
/** The engine answers others in between. */
const longestTurnMs = 10

function figureText(task: Resolved['task'], figure: number): string {
  const shown = figure.toFixed(4)
  if (task === 'binary') return `an AUC of ${shown}`
  if (task === 'regression') return `an R² of ${shown}`
  return `${(figure * 100).toFixed(1)} % of the errors of always guessing the most frequent class avoided`
}

/**
 * Finds features that predict the target nearly perfectly by themselves.
 *
 * @param rows of the split table
 */
export async function checkSingleFeatures(
  session: Session,
  features: readonly PlacedFeature[],
  { task }: Pick<Resolved, 'task'>,
  target: string,
  rows: number,
  throwIfStopped: () => void,
): Promise<LeakageWarning[]> {
  const warnings: LeakageWarning[] = []
  let turn = performance.now()
  for await (const sample of readSamples(session, features, rows, mostRows)) {
    for (const [i, { feature }] of sample.features.entries()) {
      if (performance.now() - turn > longestTurnMs) {
        await nextTurn()
        throwIfStopped()
        turn = performance.now()
      }
      const column = { ...sample, values: sample.values[i]!, ordered: isOrdered(feature) }
      const figure = columnStrength(column, task)
      if (figure === null || figure < thresholds[task]) continue
      warnings.push({
        kind: 'single-feature',
        column: feature.name,
        message: `Column "${feature.name}" alone predicts "${target}" nearly perfectly: ${figureText(task, figure)} on rows it has not seen.`,
        whatToDo: `Check that ${quote(feature.name)} is known before the answer is. If it is a result of it, put it in features.exclude.`,
        figure: Math.min(1, figure),
      })
    }
  }
  return warnings
}
