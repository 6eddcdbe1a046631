import type { LeakageWarning } from '../../../shared/catalog/training-results.ts'
import { quote, type Session } from '../../data/database.ts'
import type { FeatureColumn } from '../choose-columns.ts'
import { splitTable } from '../split-rows.ts'

const leastDistinct = 0.99
const leastDistinctText = 0.95
/** Among fewer rows, whole numbers are unique by chance. */
const fewestRows = 50
const namedLikeOne =
  /(^|[_\s.-])(id|ids|key|uuid|guid|rowid|nr|no|number|index|idx|serial)$|[a-z](Id|ID|Key|Uuid|Number|Index)$/

/**
 * A column that says which row it is rather than what it is like: text that is nearly always different, or whole
 * numbers that are, and run through a range without gaps, rise or fall with the order of the relation's rows, or
 * belong to a column named as an identifier. Prices and amounts are unique too, but in none of these ways.
 */
export async function checkIdentifier(
  session: Session,
  column: string,
  feature: FeatureColumn,
  quotedRelation: string,
): Promise<LeakageWarning | null> {
  if (feature.type !== 'numeric' && feature.type !== 'categorical') return null
  const isText = feature.type === 'categorical'
  const whole = isText
    ? 'true'
    : `count(*) filter (${column} is not null and ${column}::double <> floor(${column}::double)) = 0`
  const range = isText ? '0' : `max(${column}::double) - min(${column}::double) + 1`
  const [found] = await session.rows(
    `select count(${column})::double as present, count(distinct ${column})::double as n, ${whole} as whole, ${range} as range from ${splitTable}`,
  )
  const [present, distinct] = [Number(found?.present), Number(found?.n)]
  const share = distinct / present
  if (present < fewestRows || share < (isText ? leastDistinctText : leastDistinct) || found?.whole !== true)
    return null
  const isNamed = namedLikeOne.test(feature.name)
  const isDense = Number(found.range) <= 1.05 * present
  if (!isText && !isNamed && !isDense && !(await isInOrder(session, feature, quotedRelation))) return null
  const how = isText
    ? ''
    : isDense
      ? ', counting through a range without gaps'
      : isNamed
        ? ', named as an identifier'
        : ', in the order of the rows'
  return {
    kind: 'identifier',
    column: feature.name,
    message: `Column "${feature.name}" looks like an identifier: ${distinct.toLocaleString('en-US')} different values in ${present.toLocaleString('en-US')} rows${how}. A model learns rows by heart from it.`,
    whatToDo: `Put ${quote(feature.name)} in features.exclude.`,
    figure: share,
  }
}

/** Whether the values rise or fall from row to row as the relation stores them. */
async function isInOrder(
  session: Session,
  { name }: FeatureColumn,
  quotedRelation: string,
): Promise<boolean> {
  const [found] = await session.rows(
    `select avg((v > before)::integer) as rising, avg((v < before)::integer) as falling
     from (select v, lag(v) over () as before from (select ${quote(name)} as v from ${quotedRelation})) where before is not null`,
  )
  return Math.max(Number(found?.rising), Number(found?.falling)) >= leastDistinct
}
