import type { LeakageWarning } from '../../shared/catalog/training-results.ts'
import { quote, type Session } from '../data/database.ts'
import type { Resolved } from './resolve-task.ts'
import { parts, splitTable } from './split-rows.ts'

/**
 * How far apart single-precision numbers may be, in standard deviations of the target. Boosted trees, ours as
 * XGBoost's, add up a prediction in single precision, tree by tree, and lose a part of every step; all other models
 * round the whole once.
 */
const widest = { trees: 0.01, others: 0.1 }

/** The distance of the single-precision number next to one of this size. */
function spacingAt(size: number): number {
  return 2 ** (Math.floor(Math.log2(size)) - 23)
}

/** A target that lies so far from 0 for its spread that models cannot say its values apart. */
export async function checkTargetPrecision(
  session: Session,
  { task, model }: Pick<Resolved, 'task' | 'model'>,
  target: string,
): Promise<LeakageWarning | null> {
  if (task !== 'regression') return null
  const [found] = await session.rows(
    `select min(y)::double as least, max(y)::double as most, stddev_pop(y)::double as sd
     from ${splitTable} where part = ${parts.train}`,
  )
  const [least, most, sd] = [Number(found?.least), Number(found?.most), Number(found?.sd)]
  const spacing = spacingAt(Math.max(Math.abs(least), Math.abs(most)))
  if (!(spacing > sd * (model.kind === 'gbdt' ? widest.trees : widest.others))) return null
  const shown = (value: number) => value.toLocaleString('en-US', { maximumSignificantDigits: 17 })
  return {
    kind: 'precision',
    message: `Target "${target}" goes from ${shown(least)} to ${shown(most)}, with a standard deviation of ${Number(sd.toPrecision(3))}; predictions are in single precision, whose numbers are ${shown(spacing)} apart there.`,
    whatToDo: `Subtract in the SQL cell what all values have in common, such as ${quote(target)} - ${least} as ${quote(target)}, and add it to the predictions.`,
  }
}
