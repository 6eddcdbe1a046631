import { Failure } from '../../../shared/failure.ts'
import { sourceKind } from '../../../shared/features/source-kind.ts'
import { rowColumn } from '../../../shared/transforms/chain-sql.ts'
import { quote, quoteRelation, type Session } from '../../data/database.ts'
import type { SourceColumn } from '../choose-columns.ts'
import { valueSql } from '../column-kinds.ts'

/** Refuses SQL that makes several rows of one: a request's row has one answer. Rows that are left out are allowed. */
export async function checkTrainingRows(
  session: Session,
  table: string,
  servingInput: string,
): Promise<void> {
  const [found] = await session.rows(
    `select count(*)::double as rows, max(n)::double as most
     from (select count(*) as n from ${table} group by ${rowColumn} having count(*) > 1)`,
  )
  const rows = Number(found?.rows)
  if (rows === 0) return
  throw new Failure(
    'invalid-input',
    `The SQL makes several rows of ${rows.toLocaleString('en-US')} rows of "${servingInput}", up to ${Number(found?.most)} of one: a join finds more than one match.`,
    'Join with a table that has each key once, or move the join upstream of servingInput.',
    'servingInput',
  )
}

/**
 * The relation in the notebook, made all at once, must hold what the SQL makes row by row: the proof, over all training
 * data, that no row depends on another and that the relation is not of an older run.
 */
export async function compareWithRelation(
  session: Session,
  from: string,
  table: string,
  columns: readonly SourceColumn[],
): Promise<void> {
  const values = columns.map(({ name, sourceType }) => {
    const kind = sourceKind(sourceType)
    return valueSql(quote(name), sourceType, kind === 'text' || kind === 'timestamp' ? kind : 'number')
  })
  const digest = async (relation: string) => {
    const [row] = await session.rows(
      `select count(*)::double as n, bit_xor(h)::varchar as mixed, sum(h)::varchar as total
       from (select hash(${values.join(', ')}) as h from ${relation})`,
    )
    return row
  }
  const whole = await digest(quoteRelation(from))
  const single = await digest(table)
  const same = whole?.n === single?.n && whole?.mixed === single?.mixed && whole?.total === single?.total
  if (same) return
  const count = (n: unknown) => Number(n).toLocaleString('en-US')
  throw new Failure(
    'invalid-input',
    `The relation "${from}" (${count(whole?.n)} rows) does not hold what its SQL makes of each row by itself (${count(single?.n)} rows).`,
    'Run the cells that make it again. If that changes nothing, a result depends on other rows, or on a NaN that no request can carry.',
    'servingInput',
  )
}
