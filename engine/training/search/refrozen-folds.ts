/** The rows of folds with statistics of SQL taken on each fold's own training rows, as features are fitted on them. */
import { Failure } from '../../../shared/failure.ts'
import type { Session } from '../../data/database.ts'
import { checkFeatures } from '../features/check-features.ts'
import type { OpenedData } from '../open-data.ts'
import { foldsTable } from '../splits/deal-folds.ts'
import { snapshotColumn, sourceRow } from '../take-snapshot.ts'
import type { Refreeze } from '../transforms/refreeze.ts'

export interface RefrozenFolds {
  /**
   * A table as `foldsTable` is, with the features as one fold's statistics make them; it may last until the next call.
   *
   * @param key of the fold: equal ones have the same training rows
   * @param part SQL of a row's part, of which 0 is trained on
   * @throws Failure `invalid-input` where a row comes and goes with a statistic, or a feature cannot be learned from
   */
  table(key: string, part: string): Promise<string>
}

const foldRows = 'temp.slipway_fold_rows'

/** @param atMost tables that are kept for trials that come back to their fold */
export function refrozenFolds(
  session: Session,
  { features }: Pick<OpenedData, 'features'>,
  refreeze: Refreeze,
  atMost: number,
): RefrozenFolds {
  /** By key, the longest unused one first. */
  const kept = new Map<string, string>()
  let made = 0

  async function make(part: string): Promise<string> {
    await session.run(
      `create or replace temp table ${foldRows} as select ${sourceRow} as r from ${foldsTable} where ${part} = 0`,
    )
    const [counted] = await session.rows(`select count(*)::double as n from ${foldRows}`)
    const source = await refreeze.on({ table: foldRows, count: Number(counted?.n) })
    const name = `slipway_fold_${++made}`
    const table = `temp.${name}`
    const columns = features.map((feature, i) => `${feature.sql} as ${snapshotColumn(i)}`)
    const replaced = features.map((_, i) => `m.${snapshotColumn(i)} as ${snapshotColumn(i)}`)
    // In the order of `n`, as the folds are: their parts are read in it.
    await session.run(
      `create or replace temp table ${name} as select k.* replace (${replaced.join(', ')}), m.r is null as gone
       from ${foldsTable} k left join (select ${[...columns, `${source.rowColumn} as r`].join(', ')} from ${source.quoted}) m
         on k.${sourceRow} = m.r order by k.n`,
    )
    await session.run(`drop table ${source.quoted}`)
    const [found] = await session.rows(
      `select count(*)::double as rows, count(*) filter (gone)::double as gone from ${table}`,
    )
    if (Number(found?.gone) > 0) {
      throw new Failure(
        'invalid-input',
        `A filter on the way to the training rows depends on a frozen statistic: with its value on the fold's own training rows it leaves out ${Number(found?.gone).toLocaleString('en-US')} of them.`,
        'Compute the statistic in a cell upstream of servingInput.',
        'freeze',
      )
    }
    await checkFeatures(session, table, features, Number(found?.rows), snapshotColumn)
    return table
  }

  return {
    async table(key, part) {
      const known = kept.get(key)
      kept.delete(key)
      for (const [other, table] of kept) {
        if (kept.size < atMost) break
        kept.delete(other)
        await session.run(`drop table ${table}`)
      }
      const table = known ?? (await make(part))
      kept.set(key, table)
      return table
    },
  }
}
