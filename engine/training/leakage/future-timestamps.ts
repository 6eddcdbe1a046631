import type { LeakageWarning } from '../../../shared/catalog/training-results.ts'
import { Failure } from '../../../shared/failure.ts'
import type { TrainSpec } from '../../../shared/notebook/train-spec.ts'
import { quote, type Session } from '../../data/database.ts'
import type { FeatureColumn, SourceColumn } from '../choose-columns.ts'
import { valueSql } from '../column-kinds.ts'
import { isTime } from '../splits/split-column.ts'

const leastShare = 0.01

/** The column with the time at which a row's target is known; null where the spec names none that is a time. */
export function targetTimeOf(spec: TrainSpec, columns: readonly SourceColumn[]): SourceColumn | null {
  const named = spec.targetTime
  if (named === undefined) {
    const by = spec.split?.method === 'time' ? spec.split.column : undefined
    return columns.find(({ name, sourceType }) => name === by && isTime(sourceType)) ?? null
  }
  const found = columns.find(({ name }) => name === named)
  if (found && isTime(found.sourceType)) return found
  throw new Failure(
    'invalid-input',
    found
      ? `targetTime: "${named}" is of type ${found.sourceType}, expected a timestamp or a date.`
      : `targetTime: the relation "${spec.from}" has no column "${named}".`,
    'Name the column with the time at which the target became known, or leave "targetTime" out.',
    'targetTime',
  )
}

/**
 * Features with the time of something that happened after the target did, which is not known when predicting. One pass
 * over the relation for all of them.
 */
export async function checkFutureTimestamps(
  session: Session,
  features: readonly { readonly feature: Pick<FeatureColumn, 'name' | 'sourceType' | 'type'> }[],
  targetTime: SourceColumn,
  quotedRelation: string,
): Promise<LeakageWarning[]> {
  const times = features
    .map(({ feature }) => feature)
    .filter(({ name, type }) => type === 'timestamp' && name !== targetTime.name)
  if (times.length === 0) return []
  // As the model sees them, for a text may hold a time too.
  const timeOf = ({ name, sourceType }: SourceColumn) => valueSql(quote(name), sourceType, 'timestamp')
  const at = timeOf(targetTime)
  // A comparison with what is missing is null, and counts neither way.
  const shares = times.map((column, i) => `avg((${timeOf(column)} > ${at})::integer)::double as s${i}`)
  const [found = {}] = await session.rows(`select ${shares.join(', ')} from ${quotedRelation}`)
  return times.flatMap(({ name }, i): LeakageWarning[] => {
    const share = Number(found[`s${i}`] ?? 0)
    if (!(share >= leastShare)) return []
    return [
      {
        kind: 'future-timestamp',
        column: name,
        message: `Column "${name}" is later than "${targetTime.name}" in ${(share * 100).toFixed(1)} % of the rows: it tells of what happened after the target was known.`,
        whatToDo: `Put ${quote(name)} in features.exclude, or use what was known at the time.`,
        figure: share,
      },
    ]
  })
}
