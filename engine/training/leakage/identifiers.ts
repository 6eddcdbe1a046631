/** All of it happens inside the database, many columns a query: a query a column would spend its time on planning. */
import type { LeakageWarning } from '../../../shared/catalog/training-results.ts'
import { quote, type Session } from '../../data/database.ts'
import type { FeatureColumn } from '../choose-columns.ts'
import { splitTable } from '../split-rows.ts'
import { snapshotColumn } from '../take-snapshot.ts'
import type { PlacedFeature } from './read-sample.ts'

/** Counting distinct values holds them all, so that long columns go in smaller groups. */
const mostColumns = 50
const cellsAtATime = 40_000_000
const leastDistinct = 0.99
const leastDistinctText = 0.95
/** What an estimate puts below this share is not counted exactly. */
const leastEstimated = 0.8
/** Among fewer rows, whole numbers are unique by chance. */
const fewestRows = 50
const namedLikeOne =
  /(^|[_\s.-])(id|ids|key|uuid|guid|rowid|nr|no|number|index|idx|serial)$|[a-z](Id|ID|Key|Uuid|Number|Index)$/

interface Suspect extends PlacedFeature {
  present: number
  distinct: number
  /** Whole numbers from the smallest to the largest; 0 of text. */
  range: number
  /** The larger share of rows whose value is above, or below, that of the row before. */
  inOrder: number
}

function isText({ type }: FeatureColumn): boolean {
  return type === 'categorical'
}

/** Goes through suspects in groups, and keeps those of which the query says more. */
async function narrow(
  suspects: readonly Suspect[],
  atATime: number,
  query: (some: readonly Suspect[]) => Promise<(suspect: Suspect, i: number) => boolean>,
): Promise<Suspect[]> {
  const kept: Suspect[] = []
  for (let from = 0; from < suspects.length; from += atATime) {
    const some = suspects.slice(from, from + atATime)
    kept.push(...some.filter(await query(some)))
  }
  return kept
}

/**
 * Columns that say which row it is rather than what it is like: text that is nearly always different, or whole
 * numbers that are, and run through a range without gaps, rise or fall with the order of the relation's rows, or
 * belong to a column named as an identifier. Prices and amounts are unique too, but in none of these ways.
 *
 * @param rows of the split table
 */
export async function checkIdentifiers(
  session: Session,
  features: readonly PlacedFeature[],
  quotedRelation: string,
  rows: number,
  throwIfStopped: () => void,
): Promise<LeakageWarning[]> {
  const atATime = Math.max(1, Math.min(mostColumns, Math.floor(cellsAtATime / rows)))
  const ask = async (select: string, from = splitTable) => {
    throwIfStopped()
    const [row = {}] = await session.rows(`select ${select} from ${from}`)
    return (key: string, i: number) => Number(row[`${key}${i}`] ?? Number.NaN)
  }
  const all = features
    .filter(({ feature }) => feature.type === 'numeric' || isText(feature))
    .map((placed) => ({ ...placed, present: 0, distinct: 0, range: 0, inOrder: 0 }))
  const whole = await narrow(all, mostColumns, async (some) => {
    const of = await ask(some.map(rangeSql).join(', '))
    return (suspect, i) => {
      suspect.present = of('p', i)
      suspect.range = of('r', i)
      return suspect.present >= fewestRows && (isText(suspect.feature) || of('f', i) === 0)
    }
  })
  const count = (how: string) => (some: readonly Suspect[]) =>
    ask(some.map(({ place }, i) => `${how}${snapshotColumn(place)})::double as d${i}`).join(', '))
  const likely = await narrow(whole, mostColumns, async (some) => {
    const of = await count('approx_count_distinct(')(some)
    return ({ present }, i) => of('d', i) >= leastEstimated * present
  })
  const unique = await narrow(likely, atATime, async (some) => {
    const of = await count('count(distinct ')(some)
    return (suspect, i) => {
      suspect.distinct = of('d', i)
      return (
        suspect.distinct >= (isText(suspect.feature) ? leastDistinctText : leastDistinct) * suspect.present
      )
    }
  })
  const identifiers = await narrow(unique, atATime, async (some) => {
    const [asked, sources] = inOrderSql(
      some.map(({ feature }) => feature.name),
      quotedRelation,
    )
    const needed = some.some((suspect) => !isText(suspect.feature) && !isNamed(suspect) && !isDense(suspect))
    const of = needed ? await ask(asked, sources) : () => 0
    return (suspect, i) => {
      suspect.inOrder = Math.max(of('u', i), of('d', i))
      const { feature } = suspect
      return isText(feature) || isNamed(suspect) || isDense(suspect) || suspect.inOrder >= leastDistinct
    }
  })
  return identifiers.map(warningOf)
}

function rangeSql({ place, feature }: PlacedFeature, i: number): string {
  const column = snapshotColumn(place)
  const numbers = isText(feature)
    ? `0 as r${i}`
    : `max(${column} - floor(${column})) as f${i}, max(${column}) - min(${column}) + 1 as r${i}`
  return `count(${column})::double as p${i}, ${numbers}`
}

/** How many rows are above the one before, and how many below, as the relation stores them. */
function inOrderSql(names: readonly string[], quotedRelation: string): [select: string, from: string] {
  const befores = names.map((name, i) => `${quote(name)} as v${i}, lag(v${i}) over () as b${i}`)
  const shares = names.map(
    (_, i) => `avg((v${i} > b${i})::integer) as u${i}, avg((v${i} < b${i})::integer) as d${i}`,
  )
  return [shares.join(', '), `(select ${befores.join(', ')} from ${quotedRelation})`]
}

function isNamed({ feature }: Suspect): boolean {
  return namedLikeOne.test(feature.name)
}

function isDense({ feature, range, present }: Suspect): boolean {
  return !isText(feature) && range <= 1.05 * present
}

function warningOf(suspect: Suspect): LeakageWarning {
  const { feature, distinct, present } = suspect
  const how = isText(feature)
    ? ''
    : isDense(suspect)
      ? ', counting through a range without gaps'
      : isNamed(suspect)
        ? ', named as an identifier'
        : ', in the order of the rows'
  return {
    kind: 'identifier',
    column: feature.name,
    message: `Column "${feature.name}" looks like an identifier: ${distinct.toLocaleString('en-US')} different values in ${present.toLocaleString('en-US')} rows${how}. A model learns rows by heart from it.`,
    whatToDo: `Put ${quote(feature.name)} in features.exclude to leave it out${isText(feature) ? ', or set its "type" to "text" if its words mean something' : ''}. As it is, the model has it.`,
    figure: distinct / present,
  }
}
