import { type ChainParts, relationSql } from '../../../shared/transforms/chain-sql.ts'
import type { FrozenStatistic } from '../../../shared/transforms/transform-plan.ts'
import { literal, type Session } from '../../data/database.ts'
import type { ChosenStatistic } from './choose-frozen.ts'
import type { Chain } from './read-chain.ts'
import { type StagedInput, stagingTable } from './stage-input.ts'

export interface FrozenChain {
  readonly chain: ChainParts
  readonly statistics: readonly FrozenStatistic[]
}

/** Parallel sums differ in their last digits from run to run; twelve digits are the same every time. */
function settled(text: string, type: string): string {
  if (type !== 'DOUBLE' && type !== 'FLOAT') return text
  const value = Number(text)
  return Number.isFinite(value) ? String(Number(value.toPrecision(12))) : text
}

/**
 * Computes the chosen expressions on some rows of the staged input and puts their values in their places, cell after
 * cell: a later statistic sees the earlier ones frozen. With nothing chosen, the SQL stays as it stands.
 *
 * @param rows a table of the numbers of the training rows, in its column `r`
 */
export async function freezeStatistics(
  session: Session,
  { cells, servingInput }: Chain,
  { inputs }: StagedInput,
  chosen: readonly ChosenStatistic[],
  rows: { table: string; count: number },
): Promise<FrozenChain> {
  const relations: { relation: string; sql: string }[] = []
  const statistics: FrozenStatistic[] = []
  for (const cell of cells) {
    const own = chosen.filter((statistic) => statistic.cell === cell)
    const places: { start: number; end: number; sql: string }[] = []
    for (const { statement, expression, span } of own) {
      const [query] = await session.rows(`select json_deserialize_sql(${literal(statement)}::json) as sql`)
      const value = `select columns(*) as v from (${String(query?.sql)}) limit 1`
      const where = `__slipway_row in (select r from ${rows.table})`
      const chain = { inputs, servingInput, relations }
      const [found] = await session.rows(
        `select v::varchar as value, typeof(v) as type from (${relationSql(chain, stagingTable, where, value)})`,
      )
      const type = String(found?.type ?? 'DOUBLE').replace(/^"NULL"$/, 'DOUBLE')
      const isNull = found === undefined || found.value === null
      const text = isNull ? 'null' : settled(String(found.value), type)
      const sql = `(${isNull ? 'null' : literal(text)}::${type})`
      places.push({ ...span, sql })
      if (statistics.some((one) => one.relation === cell.relation && one.expression === expression)) continue
      statistics.push({
        relation: cell.relation,
        cell: cell.cell,
        expression,
        sql,
        value: text,
        rows: rows.count,
      })
    }
    let sql = cell.sql
    for (const { start, end, sql: value } of places.sort((a, b) => b.start - a.start)) {
      sql = sql.slice(0, start) + value + sql.slice(end)
    }
    relations.push({ relation: cell.relation, sql })
  }
  return { chain: { inputs, servingInput, relations }, statistics }
}

/** The chain as the notebook has it. */
export function plainChain({ cells, servingInput }: Chain, { inputs }: StagedInput): ChainParts {
  return { inputs, servingInput, relations: cells.map(({ relation, sql }) => ({ relation, sql })) }
}
