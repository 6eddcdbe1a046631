/** All of it happens inside the database, many columns a query: a query a column would spend its time on planning. */
import type { LeakageWarning } from '../../../shared/catalog/training-results.ts'
import { quote, type RowValue, type Session } from '../../data/database.ts'
import type { FeatureColumn } from '../choose-columns.ts'
import { splitTable } from '../split-rows.ts'
import { snapshotColumn } from '../take-snapshot.ts'
import type { PlacedFeature } from './read-sample.ts'

const columnsAtATime = 50
const leastDistinct = 0.99
const leastDistinctText = 0.95
/** Counting distinct values exactly takes memory for all of them: what an estimate puts below this share is none. */
const leastEstimated = 0.8
/** Among fewer rows, whole numbers are unique by chance. */
const fewestRows = 50
const namedLikeOne =
  /(^|[_\s.-])(id|ids|key|uuid|guid|rowid|nr|no|number|index|idx|serial)$|[a-z](Id|ID|Key|Uuid|Number|Index)$/

function isText({ type }: FeatureColumn): boolean {
  return type === 'categorical'
}

function selectSql({ place, feature }: PlacedFeature, i: number): string {
  const column = snapshotColumn(place)
  const numbers = isText(feature)
    ? `0 as f${i}, 0 as r${i}`
    : `count(*) filter (${column}::double <> floor(${column}::double))::double as f${i},
       max(${column}::double) - min(${column}::double) + 1 as r${i}`
  return `count(${column})::double as p${i}, approx_count_distinct(${column})::double as d${i}, ${numbers}`
}

/**
 * Columns that say which row it is rather than what it is like: text that is nearly always different, or whole
 * numbers that are, and run through a range without gaps, rise or fall with the order of the relation's rows, or
 * belong to a column named as an identifier. Prices and amounts are unique too, but in none of these ways.
 */
export async function checkIdentifiers(
  session: Session,
  features: readonly PlacedFeature[],
  quotedRelation: string,
  throwIfStopped: () => void,
): Promise<LeakageWarning[]> {
  const warnings: LeakageWarning[] = []
  const suspects = features.filter(({ feature }) => feature.type === 'numeric' || isText(feature))
  for (let from = 0; from < suspects.length; from += columnsAtATime) {
    throwIfStopped()
    const some = suspects.slice(from, from + columnsAtATime)
    const [row = {}] = await session.rows(`select ${some.map(selectSql).join(', ')} from ${splitTable}`)
    for (const [i, suspect] of some.entries()) {
      const warning = await checkSuspect(session, suspect, row, i, quotedRelation)
      if (warning) warnings.push(warning)
    }
  }
  return warnings
}

async function checkSuspect(
  session: Session,
  { place, feature }: PlacedFeature,
  found: Record<string, RowValue>,
  i: number,
  quotedRelation: string,
): Promise<LeakageWarning | null> {
  const present = Number(found[`p${i}`])
  const estimated = Number(found[`d${i}`])
  if (present < fewestRows || Number(found[`f${i}`]) > 0 || estimated < leastEstimated * present) return null
  const [counted] = await session.rows(
    `select count(distinct ${snapshotColumn(place)})::double as n from ${splitTable}`,
  )
  const distinct = Number(counted?.n)
  const share = distinct / present
  if (share < (isText(feature) ? leastDistinctText : leastDistinct)) return null
  const isNamed = namedLikeOne.test(feature.name)
  const isDense = Number(found[`r${i}`]) <= 1.05 * present
  if (!isText(feature) && !isNamed && !isDense && !(await isInOrder(session, feature, quotedRelation)))
    return null
  const how = isText(feature)
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
