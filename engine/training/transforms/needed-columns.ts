import { Failure } from '../../../shared/failure.ts'
import {
  type ChainParts,
  lastRelation,
  relationSql,
  stagedColumn,
} from '../../../shared/transforms/chain-sql.ts'
import { openDatabase, quote, quoteRelation, type Session } from '../../data/database.ts'
import type { StagedInput } from './stage-input.ts'
import { isNode, list } from './syntax-tree.ts'

/** Every column that a scan of the staged input reads, by DuckDB's own plan. */
function scanned(plan: unknown, found: Set<string>): void {
  if (Array.isArray(plan)) {
    for (const node of plan) scanned(node, found)
    return
  }
  if (!isNode(plan)) return
  const info = isNode(plan.extra_info) ? plan.extra_info : {}
  if (typeof info.Table === 'string' && /slipway_input"?$/.test(info.Table)) {
    const columns = typeof info.Projections === 'string' ? [info.Projections] : list(info, 'Projections')
    for (const column of columns) found.add(String(column))
  }
  scanned(plan.children, found)
}

/**
 * Asks which columns of the serving input outputs of the chain depend on, filters and joins included: DuckDB plans the
 * chain over empty tables in a database of its own, which also shows that the SQL runs outside the workspace.
 */
export async function openNeeds(
  session: Session,
  chain: ChainParts,
  staged: StagedInput,
  lookups: readonly string[],
): Promise<{ of(outputs: readonly string[]): Promise<Set<string>>; close(): void }> {
  const alone = await openDatabase(':memory:', '.')
  const own = await alone.session()
  const close = () => {
    own.close()
    alone.close()
  }
  try {
    // Filters stay above the scan, and nothing is concluded from tables being empty.
    await own.run(`set disabled_optimizers = 'statistics_propagation,filter_pushdown,late_materialization'`)
    await own.run('set autoinstall_known_extensions = false; set autoload_known_extensions = false')
    const columns = staged.types.map((type, index) => `${stagedColumn(index)} ${type}`)
    await own.run(`create table slipway_input (${columns.join(', ')})`)
    for (const lookup of lookups) {
      const described = await session.rows(`describe select * from ${quoteRelation(lookup)}`)
      const dot = lookup.indexOf('.')
      if (dot > 0) await own.run(`create schema if not exists ${quote(lookup.slice(0, dot))}`)
      const list = described.map((row) => `${quote(String(row.column_name))} ${String(row.column_type)}`)
      await own.run(`create table ${quoteRelation(lookup)} (${list.join(', ')})`)
    }
  } catch (error) {
    close()
    throw error
  }
  return {
    close,
    async of(outputs) {
      const selected = outputs.map((name) => quote(name)).join(', ')
      const query = relationSql(
        chain,
        'slipway_input',
        'true',
        `select ${selected === '' ? '1' : selected} from ${quote(lastRelation(chain))}`,
      )
      try {
        const [row] = await own.rows(`explain (format json) ${query}`)
        const found = new Set<string>()
        scanned(JSON.parse(String(row?.explain_value ?? '[]')), found)
        return new Set(
          staged.inputs.flatMap(({ name }, index) => (found.has(stagedColumn(index)) ? [name] : [])),
        )
      } catch (error) {
        const why = error instanceof Failure ? error.message : String(error)
        throw new Failure(
          'invalid-input',
          `The SQL from "${chain.servingInput}" on does not run outside the workspace, as it would in a bundle: ${why}`,
          'Use plain SQL over tables of the workspace: no macros, no extensions and no files in these cells.',
          'servingInput',
        )
      }
    },
  }
}
