import type { LeakageWarning } from '../../../shared/catalog/training-results.ts'
import type { Session } from '../../data/database.ts'
import { splitTable } from '../split-rows.ts'
import { snapshotColumn } from '../take-snapshot.ts'

const leastShare = 0.01
/** Copies are suspect where there are so many times more than chance would make. */
const leastExcess = 10

/**
 * Rows of the test split with an exact copy, in every feature and the target, among the rows trained on.
 *
 * In a table of few columns with few values copies are no mistake: they count only where the columns' own
 * distributions, taken as independent, would make a tenth of them at most.
 */
export async function checkDuplicates(session: Session, features: number): Promise<LeakageWarning | null> {
  const columns = Array.from({ length: features }, (_, i) => snapshotColumn(i))
  const row = `hash(${[...columns, 'y'].join(', ')})`
  const [found] = await session.rows(
    `with hashed as (select ${row} as h, part from ${splitTable})
     select count(*) filter (part = 2 and h in (select h from hashed where part <> 2))::double as copies,
            count(*) filter (part = 2)::double as tested, count(*) filter (part <> 2)::double as others from hashed`,
  )
  const [copies, tested, others] = [Number(found?.copies), Number(found?.tested), Number(found?.others)]
  const share = copies / tested
  if (!(share >= leastShare)) return null
  // Σ p² is how likely two rows are to agree in a column.
  let agreement = Math.log(others)
  let byChance = 1
  for (const column of [...columns, 'y']) {
    const [one] = await session.rows(
      `select sum(c * c) / sum(c) ** 2 as p from (select count(*)::double as c from ${splitTable} group by ${column})`,
    )
    agreement += Math.log(Number(one?.p))
    byChance = 1 - Math.exp(-Math.exp(agreement))
    // Every further column makes chance smaller still: of thousands, the first few decide.
    if (share >= leastExcess * byChance) break
  }
  if (share < leastExcess * byChance) return null
  return {
    kind: 'duplicate-rows',
    message: `${copies.toLocaleString('en-US')} of ${tested.toLocaleString('en-US')} test rows (${(share * 100).toFixed(1)} %) are exact copies of rows that were trained on, so the metrics partly measure memory.`,
    whatToDo:
      'Remove duplicates in the SQL cell with "select distinct", or keep the copies together with "split": {"method": "group", "column": …}.',
    figure: share,
  }
}
