import { Failure } from '../../../shared/failure.ts'
import { absentText } from '../../../shared/signature/absent-columns.ts'
import type { Catalog } from '../../catalog/catalog.ts'
import type { Session } from '../../data/database.ts'
import { type ScoredRelation, scoreRelation } from '../../scoring/score-relation.ts'
import { loadScoredVersion, type ScoredVersion } from '../../scoring/scored-version.ts'
import { splitStatements } from '../sql/sql-statements.ts'
import { headOf } from '../sql/statement-head.ts'
import { findPredictCalls } from './find-predict-calls.ts'

/** Makes `predict(…)` in SQL a relation. */
export interface Predictions {
  /**
   * Runs `use` with the text in which every `predict(…)` is a query over scored rows. They are temporary tables of
   * the session, gone when `use` ends.
   *
   * @param warn is told of columns that a model takes and a relation does not have
   * @throws Failure naming the model, column or row at fault; `cancelled` after `signal`
   */
  inSql<T>(
    session: Session,
    text: string,
    signal: AbortSignal,
    use: (text: string) => Promise<T>,
    warn?: (text: string) => void,
  ): Promise<T>
}

let tasks = 0

function refuseViews(text: string): void {
  const [statement] = splitStatements(text)
  const head = statement ? headOf(statement) : null
  if (head?.type !== 'create' || head.what !== 'view') return
  throw new Failure(
    'invalid-input',
    `The view ${head.name} would hold predictions, which are computed once and not anew at each reading.`,
    `Create a table instead: create or replace table ${head.name} as …`,
  )
}

export function createPredictions(catalog: Catalog): Predictions {
  return {
    async inSql(session, text, signal, use, warn) {
      const versions = new Map<string, ScoredVersion>()
      const made: ScoredRelation[] = []
      const versionOf = async (reference: string) => {
        const version = versions.get(reference) ?? (await loadScoredVersion(catalog, reference))
        versions.set(reference, version)
        return version
      }
      const rewritten = async (sql: string): Promise<string> => {
        let result = ''
        let at = 0
        for (const call of findPredictCalls(sql)) {
          const version = await versionOf(call.reference)
          // The query may predict by itself.
          const source = await rewritten(call.source)
          tasks += 1
          const scored = await scoreRelation(session, version, {
            source,
            what: call.what,
            key: String(tasks),
            signal,
          })
          made.push(scored)
          if (scored.absent.length > 0) warn?.(absentText(scored.absent, call.what))
          result += `${sql.slice(at, call.start)}(${scored.sql})`
          at = call.end
        }
        return result + sql.slice(at)
      }
      if (!/\bpredict\b/i.test(text)) return use(text)
      try {
        const sql = await rewritten(text)
        if (made.length > 0) refuseViews(text)
        return await use(sql)
      } finally {
        // In a transaction that failed nothing can be dropped, and rolling it back drops them.
        for (const scored of made) await scored.drop().catch(() => undefined)
        for (const version of versions.values()) version.close()
      }
    },
  }
}
