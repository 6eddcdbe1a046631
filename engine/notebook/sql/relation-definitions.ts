import type { RelationDefinition } from '../../training/transforms/read-chain.ts'
import type { AnalysedCell } from '../analyse-cell.ts'

/** The queries behind the relations that SQL cells make, disabled cells left out. */
export function relationDefinitions(cells: readonly AnalysedCell[]): RelationDefinition[] {
  return cells.flatMap(({ cell, names, sql }) => {
    if (!sql || cell.kind !== 'sql' || cell.disabled) return []
    const last = sql.statements.at(-1)
    return sql.statements.flatMap(({ statement, head }) => {
      if (head.type === 'create' && head.query !== null && !head.temporary) {
        return [{ relation: head.name, cell: names.title, sql: head.query.text }]
      }
      const isRelation = head.type === 'select' || head.type === 'pivot'
      if (!isRelation || statement !== last?.statement || cell.name === '') return []
      return [{ relation: cell.name, cell: names.title, sql: statement.text }]
    })
  })
}
