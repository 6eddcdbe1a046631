import type { LeakageWarning } from '../../../shared/catalog/training-results.ts'
import { Failure } from '../../../shared/failure.ts'
import type { TrainSpec } from '../../../shared/notebook/train-spec.ts'
import { quote, type Session } from '../../data/database.ts'
import type { SourceColumn } from '../choose-columns.ts'
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

/** A feature with the time of something that happened after the target did is not known when predicting. */
export async function checkFutureTimestamp(
  session: Session,
  feature: SourceColumn,
  targetTime: SourceColumn,
  quotedRelation: string,
): Promise<LeakageWarning | null> {
  if (!isTime(feature.sourceType) || feature.name === targetTime.name) return null
  const [found] = await session.rows(
    `select avg((f > t)::integer)::double as share, count(*)::double as n
     from (select ${quote(feature.name)}::timestamp as f, ${quote(targetTime.name)}::timestamp as t from ${quotedRelation})
     where f is not null and t is not null`,
  )
  const share = Number(found?.share ?? 0)
  if (!(share >= leastShare)) return null
  return {
    kind: 'future-timestamp',
    column: feature.name,
    message: `Column "${feature.name}" is later than "${targetTime.name}" in ${(share * 100).toFixed(1)} % of the rows: it tells of what happened after the target was known.`,
    whatToDo: `Put ${quote(feature.name)} in features.exclude, or use what was known at the time.`,
    figure: share,
  }
}
