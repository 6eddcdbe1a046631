import { type ChainParts, rowByRowSql, rowColumn } from '../../../shared/transforms/chain-sql.ts'
import { quoteRelation, type Session } from '../../data/database.ts'
import type { TrainingSource } from '../take-snapshot.ts'
import type { ChosenStatistic } from './choose-frozen.ts'
import { freezeStatistics } from './frozen-sql.ts'
import type { Chain } from './read-chain.ts'
import { type StagedInput, stagingTable } from './stage-input.ts'

/** A table of the numbers of staged rows, in its column `r`. */
export interface StagedRows {
  readonly table: string
  readonly count: number
}

/** The training relation once more, with the frozen statistics of other rows than those of the version. */
export interface Refreeze {
  /** Takes every statistic on these rows and makes all rows with it; the table lasts until the next call. */
  on(rows: StagedRows): Promise<TrainingSource>
  /** Hash of all that decides what `on` makes. */
  hash(): Promise<string>
}

/** Makes the training relation as serving will make it: every row by itself. */
export async function materialise(session: Session, table: string, chain: ChainParts): Promise<void> {
  await session.run(`create or replace temp table ${table} as ${rowByRowSql(chain, stagingTable, ['f.*'])}`)
}

const foldTable = 'temp.slipway_fold_training'

export function createRefreeze(
  session: Session,
  chain: Chain,
  staged: StagedInput,
  chosen: readonly ChosenStatistic[],
): Refreeze {
  const hashOf = async (place: string) => {
    const [found] = await session.rows(
      `select bit_xor(h)::varchar as mixed, sum(h)::varchar as total from (select hash(t) as h from ${place} t)`,
    )
    return `${String(found?.mixed)} ${String(found?.total)}`
  }
  return {
    async on(rows) {
      const frozen = await freezeStatistics(session, chain, staged, chosen, rows)
      await materialise(session, foldTable, frozen.chain)
      return { quoted: foldTable, rowColumn }
    },
    async hash() {
      const tables = [stagingTable, ...chain.lookups.map(quoteRelation)]
      const contents: string[] = []
      for (const table of tables) contents.push(await hashOf(table))
      const sql = chain.cells.map((cell) => [cell.relation, cell.sql])
      const frozen = chosen.map(({ cell, expression }) => [cell.relation, expression])
      return JSON.stringify([chain.servingInput, staged.inputs, sql, frozen, contents])
    },
  }
}
