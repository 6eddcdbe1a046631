import { Failure } from '../../../shared/failure.ts'
import type { Session } from '../../data/database.ts'
import type { FeatureColumn } from '../choose-columns.ts'

/**
 * Refuses a `minFrequency` that none of the column's values reaches in the training rows, so that all would be "other".
 *
 * @param training SQL that is true of the rows of `table` that are trained on
 */
export async function checkFrequencies(
  session: Session,
  table: string,
  training: string,
  features: readonly FeatureColumn[],
  columnOf: (index: number) => string,
): Promise<void> {
  for (const [i, { name, type, spec }] of features.entries()) {
    const { minFrequency } = spec
    if (minFrequency === undefined || type !== 'categorical') continue
    const column = columnOf(i)
    const [found] = await session.rows(
      `select max(n) filter (v is not null)::double as most, sum(n)::double as rows
       from (select ${column} as v, count(*) as n from ${table} where ${training} group by 1)`,
    )
    const [most, rows] = [Number(found?.most ?? 0), Number(found?.rows)]
    if (most >= (minFrequency < 1 ? minFrequency * rows : minFrequency)) continue
    throw new Failure(
      'invalid-input',
      `Column "${name}" has the "minFrequency" ${minFrequency}, which leaves it no category: its most frequent value is in ${most.toLocaleString('en-US')} of the ${rows.toLocaleString('en-US')} rows that are trained on.`,
      'Use a smaller number of rows, or a share of them below 1; or put the column in features.exclude.',
      `features.columns.${name}.minFrequency`,
    )
  }
}
