import { Failure } from '../../../shared/failure.ts'
import type { Output } from '../../../shared/notebook/cell-state.ts'
import { literal, type RowValue, type Session } from '../../data/database.ts'
import { defineRelation, prepareCellSchema, relationOutput } from '../cell-relation.ts'
import type { CellRun, CellRunner } from '../cell-run.ts'
import { outputLimits } from '../typescript/session-protocol.ts'
import type { AnalysedStatement, SqlAnalysis } from './sql-analysis.ts'

export function sqlOf(run: CellRun): SqlAnalysis {
  const { sql } = run.analysed
  if (!sql || sql.statements.length === 0) {
    throw new Failure(
      'invalid-input',
      `The cell ${run.title} has no SQL.`,
      'Write a statement, such as: select 1',
    )
  }
  return sql
}

/** Between statements there is nothing to interrupt, so the signal is asked. */
export function stopIfAborted(run: CellRun): void {
  if (run.signal.aborted)
    throw new Failure('cancelled', 'The cell was stopped.', 'Run it again when you need it.')
}

function plainValue(value: RowValue): unknown {
  if (value instanceof Date) return value.toISOString()
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value)
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value)
  if (typeof value !== 'object' || value === null) return value ?? null
  return JSON.stringify(value, (_key, item: unknown) => (typeof item === 'bigint' ? String(item) : item))
}

/** For what DuckDB shows but allows in no view: EXPLAIN, SHOW, CALL, PRAGMA. */
async function showRows(session: Session, text: string): Promise<Output[]> {
  const rows = await session.rows(text)
  const [first] = rows
  if (!first) return []
  if (/^explain/i.test(text)) {
    const plan = rows.map((row) => String(row.explain_value ?? '')).join('\n')
    return [{ type: 'text', stream: 'result', text: plan, omitted: 0 }]
  }
  const columns = Object.keys(first)
  const shown = rows.slice(0, outputLimits.tableRows)
  return [
    {
      type: 'table',
      columns,
      rows: shown.map((row) => columns.map((column) => plainValue(row[column] ?? null))),
      total: rows.length,
    },
  ]
}

/** DuckDB takes DESCRIBE and SUMMARIZE in a subquery, though not straight behind a view. */
function viewQuery(text: string): string {
  return /^(describe|desc|summarize)\b/i.test(text) ? `select * from (${text}\n)` : text
}

async function runLast(
  run: CellRun,
  head: AnalysedStatement['head'],
  statement: string,
  sql: SqlAnalysis,
): Promise<Output[]> {
  const { session, analysed } = run
  const { cell } = analysed
  switch (head.type) {
    case 'select':
    case 'pivot': {
      const relation = cell.name === '' ? run.resultRelation : cell.name
      // A view that reads session variables or temporary tables would say something else on other connections.
      const asTable = cell.materialize === 'table' || sql.sessionBound || head.type === 'pivot'
      await defineRelation(session, relation, asTable ? 'table' : 'view', viewQuery(statement))
      return [await relationOutput(session, relation)]
    }
    case 'show':
      return showRows(session, statement)
    case 'create':
      await session.run(statement)
      return head.temporary ? [] : [await relationOutput(session, head.name)]
    case 'change': {
      const result = await session.result(statement)
      const [row] = await result.getRowsJS()
      const changed = typeof row?.[0] === 'bigint' ? Number(row[0]) : null
      if (changed === null) return []
      const text = `${changed.toLocaleString('en')} ${changed === 1 ? 'row' : 'rows'} changed.`
      return [{ type: 'text', stream: 'result', text, omitted: 0 }]
    }
    default:
      await session.run(statement)
      return []
  }
}

/** Values from the command line replace the defaults of a cell tagged `parameters`, in the default's own type. */
async function setParameters(run: CellRun, sql: SqlAnalysis): Promise<void> {
  if (!run.analysed.cell.tags?.includes('parameters')) return
  for (const [name, value] of Object.entries(run.params)) {
    if (!sql.variables.includes(name.toLowerCase())) continue
    const [row] = await run.session.rows(`select typeof(getvariable(${literal(name)})) as type`)
    const type = row?.type === '"NULL"' || row?.type === undefined ? 'VARCHAR' : String(row.type)
    try {
      await run.session.run(`set variable ${name} = ${literal(String(value))}::${type}`)
    } catch (error) {
      if (error instanceof Failure && error.code === 'cancelled') throw error
      throw new Failure(
        'invalid-input',
        `The parameter ${name} is "${String(value)}"; expected a value of type ${type}.`,
        `Give it as -p ${name}=….`,
      )
    }
  }
}

/**
 * Runs a SQL cell whole or not at all: its statements are one transaction (unless it opens its own), so a failure or
 * a stop leaves every relation as it was.
 */
export const runSqlCell: CellRunner = async (run) => {
  const sql = sqlOf(run)
  const { session } = run
  const ownTransaction = sql.statements.some(({ head }) => head.type === 'transaction')
  await prepareCellSchema(session)
  if (!ownTransaction) await session.run('begin')
  try {
    let outputs: Output[] = []
    const warnings: Output[] = []
    const warn = (text: string) => {
      warnings.push({ type: 'text', stream: 'stderr', text, omitted: 0 })
    }
    for (const [index, statement] of sql.statements.entries()) {
      stopIfAborted(run)
      const { head } = statement
      const use = async (text: string) => {
        if (index === sql.statements.length - 1) outputs = await runLast(run, head, text, sql)
        else await session.run(text)
      }
      await run.predictions.inSql(session, statement.statement.text, run.signal, use, warn)
    }
    stopIfAborted(run)
    await setParameters(run, sql)
    if (!ownTransaction) await session.run('commit')
    run.show([...warnings, ...outputs])
    return { ok: true }
  } catch (error) {
    if (!ownTransaction) await session.run('rollback').catch(() => undefined)
    throw error
  }
}
