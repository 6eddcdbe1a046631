/** HOT LOOP: every distinct value of a column passes a regular expression. */
import { DuckDBVarCharVector } from '@duckdb/node-api'
import { Failure } from '../../../shared/failure.ts'
import { wholePattern } from '../../../shared/signature/limits.ts'
import type { Session } from '../../data/database.ts'
import type { FeatureColumn } from '../choose-columns.ts'

/**
 * Refuses rows that break a column's pattern. Not in SQL: DuckDB's regular expressions are other ones than those of
 * JavaScript, by which serving refuses.
 */
export async function checkPatterns(
  session: Session,
  table: string,
  features: readonly FeatureColumn[],
  rows: number,
  columnOf: (index: number) => string,
): Promise<void> {
  for (const [i, { name, spec }] of features.entries()) {
    const { pattern } = spec.constraints ?? {}
    if (pattern === undefined) continue
    const whole = wholePattern(pattern)
    let broken = 0
    let example = ''
    const column = columnOf(i)
    const found = session.stream(
      `select ${column}, count(*)::integer from ${table} where ${column} is not null group by 1 order by 1`,
    )
    for await (const chunk of found) {
      const values = chunk.getColumnVector(0)
      if (!(values instanceof DuckDBVarCharVector))
        throw new Error(`Column ${name} is no text in the snapshot.`)
      for (let r = 0; r < chunk.rowCount; r++) {
        const value = values.getItem(r) ?? ''
        if (whole.test(value)) continue
        if (broken === 0) example = value
        broken += Number(chunk.getColumnVector(1).getItem(r))
      }
    }
    if (broken === 0) continue
    const shown = example.length > 60 ? `${example.slice(0, 60)}…` : example
    throw new Failure(
      'invalid-input',
      `Column "${name}" is to match ${pattern}, but ${broken.toLocaleString('en-US')} of ${rows.toLocaleString('en-US')} rows do not, such as ${JSON.stringify(shown)}.`,
      'Change its "pattern", which must match the whole value, or leave those rows out in the SQL cell.',
      `features.columns.${name}`,
    )
  }
}
