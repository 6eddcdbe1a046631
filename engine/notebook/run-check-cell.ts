import { Failure } from '../../shared/failure.ts'
import type { Output } from '../../shared/notebook/cell-state.ts'
import { jsonCell } from '../data/json-cell.ts'
import { columnsOf } from './cell-relation.ts'
import type { CellOutcome, CellRun, CellRunner } from './cell-run.ts'
import { sqlOf, stopIfAborted } from './sql/run-sql-cell.ts'

const sampleSize = 20

/** The last query of a check returns the rows that violate the expectation; any row fails the cell. */
export const runCheckCell: CellRunner = async (run) => {
  const { session } = run
  const { statements } = sqlOf(run)
  const last = statements.at(-1)
  if (!last || (last.head.type !== 'select' && last.head.type !== 'pivot')) {
    throw new Failure(
      'invalid-input',
      `The check ${run.title} does not end in a query.`,
      'End it with a select that returns the rows that must not be there.',
    )
  }
  const { predictions, signal } = run
  for (const { statement } of statements.slice(0, -1)) {
    await predictions.inSql(session, statement.text, signal, (text) => session.run(text))
    stopIfAborted(run)
  }
  const warnings: Output[] = []
  return predictions.inSql(
    session,
    last.statement.text,
    signal,
    (text) => runCheck(run, text, warnings),
    (text) => warnings.push({ type: 'text', stream: 'stderr', text, omitted: 0 }),
  )
}

async function runCheck(run: CellRun, text: string, warnings: readonly Output[]): Promise<CellOutcome> {
  const { session } = run
  const query = `(${text}\n)`
  const columns = await columnsOf(session, `from ${query}`)
  const [count] = await session.rows(`select count(*) as n from ${query}`)
  const violations = Number(count?.n)
  stopIfAborted(run)
  const sample: unknown[][] = []
  if (violations > 0) {
    for await (const chunk of session.stream(`from ${query} limit ${sampleSize}`)) {
      for (const row of chunk.getRows()) sample.push(row.map(jsonCell))
    }
  }
  run.show([...warnings, { type: 'check', passed: violations === 0, violations, columns, sample }])
  if (violations === 0) return { ok: true }
  const rows = `${violations.toLocaleString('en')} ${violations === 1 ? 'row violates' : 'rows violate'}`
  return { ok: false, reason: `${rows} the check ${run.title}.` }
}
