/** HOT LOOP: reads a sample of every feature as typed arrays, many columns a query (a query a column is all planning). */
import type { Session } from '../../data/database.ts'
import type { FeatureColumn } from '../choose-columns.ts'
import { readRows } from '../read-part.ts'
import { splitTable } from '../split-rows.ts'
import { snapshotColumn } from '../take-snapshot.ts'

/** Values read at a time: 32 MB of them. */
const cellsAtATime = 4_000_000
const mostColumns = 200

/** A feature by its place among the snapshot's columns. */
export interface PlacedFeature {
  readonly place: number
  readonly feature: FeatureColumn
}

/** Some features on every so many rows of the seeded shuffle, a row at the same place in every array. */
export interface Sample {
  readonly features: readonly PlacedFeature[]
  /** Per feature: numbers as they are, else a hash that tells values apart; NaN where missing. */
  readonly values: readonly Float64Array[]
  /** Class index or number. */
  readonly target: Float64Array
  /** 1 where the row is trained on. */
  readonly trained: Float64Array
}

/** Whether a feature's values have an order. */
export function isOrdered({ type }: FeatureColumn): boolean {
  return type === 'numeric' || type === 'timestamp'
}

/**
 * Reads features in groups. The rows are taken evenly from the shuffle, since its first ones are all test rows.
 *
 * @param rows of the split table
 * @param most rows to read
 */
export async function* readSamples(
  session: Session,
  features: readonly PlacedFeature[],
  rows: number,
  most: number,
): AsyncIterable<Sample> {
  const step = Math.max(1, Math.ceil(rows / most))
  const read = Math.ceil(rows / step)
  const atATime = Math.max(1, Math.min(mostColumns, Math.floor(cellsAtATime / read)))
  for (let from = 0; from < features.length; from += atATime) {
    const some = features.slice(from, from + atATime)
    const selected = some.map(({ place, feature }) => {
      const column = snapshotColumn(place)
      return isOrdered(feature) ? column : `case when ${column} is not null then hash(${column}) end`
    })
    const source = {
      columns: [],
      numbers: ['y', '(part = 0)::integer', ...selected],
      from: `from ${splitTable} where n % ${step} = 0`,
    }
    const { numbers } = await readRows(session, null, source, read)
    const [target, trained, ...values] = numbers
    yield { features: some, values, target: target!, trained: trained! }
  }
}
