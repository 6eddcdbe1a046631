import { Failure } from '../../../shared/failure.ts'
import { sourceKind } from '../../../shared/features/source-kind.ts'
import type { TrainSpec } from '../../../shared/notebook/train-spec.ts'
import { quote } from '../../data/database.ts'
import type { SourceColumn } from '../choose-columns.ts'

/** The column a split goes by, as the snapshot holds it in `s`. */
export interface SplitColumn {
  name: string
  /** Its value in SQL over the relation: ordered for `time`, compared for `group`; NaN is null. */
  sql: string
}

const times = /^(TIMESTAMP|DATE)/

/** Whether a DuckDB type says when something happened. */
export function isTime(sourceType: string): boolean {
  return times.test(sourceType)
}

/** The column of a `time` or `group` split; null for the other methods. @throws Failure naming `split.column` */
export function findSplitColumn(spec: TrainSpec, columns: readonly SourceColumn[]): SplitColumn | null {
  const { method, column: name } = spec.split ?? {}
  if (name === undefined || (method !== 'time' && method !== 'group')) return null
  const found = columns.find((column) => column.name === name)
  const refuse = (message: string, whatToDo: string) =>
    new Failure('invalid-input', message, whatToDo, 'split.column')
  if (!found) {
    const listed = columns.slice(0, 30).map((column) => column.name)
    throw refuse(
      `split.column: relation "${spec.from}" has no column "${name}".`,
      `Its columns are ${listed.join(', ')}${columns.length > listed.length ? ', …' : ''}.`,
    )
  }
  if (name === spec.target) {
    throw refuse(
      `split.column: "${name}" is the target; rows are not split by their answers.`,
      method === 'time'
        ? 'Name the column with the time of each row.'
        : 'Name the column that says whose rows belong together.',
    )
  }
  const kind = sourceKind(found.sourceType)
  const isNumber = kind === 'integer' || kind === 'float'
  if (method === 'time' && !isTime(found.sourceType) && !isNumber) {
    throw refuse(
      `split.column: "${name}" is of type ${found.sourceType}, which has no order in time.`,
      `Convert it in the SQL cell: cast(${quote(name)} as timestamp) as ${quote(name)}.`,
    )
  }
  const quoted = quote(name)
  if (method === 'group') return { name, sql: `cast(${quoted} as varchar)` }
  const isFloat = found.sourceType === 'FLOAT' || found.sourceType === 'DOUBLE'
  return { name, sql: isFloat ? `case when isnan(${quoted}) then null else ${quoted} end` : quoted }
}

/**
 * Columns that are no features unless the spec names them: a group's name leaks what its other rows answered,
 * a split's time lies outside what was seen in training, and the target's time comes with the answer.
 */
export function heldBackColumns(spec: TrainSpec): string[] {
  const { include = [], columns = {} } = spec.features ?? {}
  const held = [spec.split?.column, spec.targetTime].filter((name) => name !== undefined)
  return [...new Set(held)].filter((name) => !include.includes(name) && !(name in columns))
}
