import type { EvaluationFile, HeldOutColumn } from '../../shared/evaluation/evaluation-file.ts'
import { actualColumn } from '../../shared/evaluation/evaluation-file.ts'
import { sourceKind } from '../../shared/features/source-kind.ts'
import { literal, quote, type Session } from '../data/database.ts'

/** Kept rows of a version: its file and what is in it. */
export interface KeptRows {
  path: string
  file: EvaluationFile
}

/** A value in one form, whether it was kept as a feature or as the relation had it. */
function comparable({ name, sourceType }: HeldOutColumn): string {
  const column = quote(name)
  const kind = sourceKind(sourceType)
  if (kind === 'text') return `cast(${column} as varchar)`
  if (kind === null) return `epoch(try_cast(${column} as timestamp))`
  const number = `try_cast(${column} as double)`
  return `case when isnan(${number}) then null else ${number} end`
}

/** The temporary table of the rows that all versions keep: `place`, and `r0`, `r1`, … their numbers in each file. */
export const sharedRowsTable = 'temp.slipway_shared_rows'

/**
 * Finds the rows that every version held out, by their contents: the columns that all of them keep and the target.
 * Where versions keep different columns only rows told apart by the common ones are paired.
 *
 * @returns how many rows they share
 */
export async function matchRows(session: Session, versions: readonly KeptRows[]): Promise<number> {
  const [first, ...others] = versions
  if (!first) return 0
  const isSame = (a: HeldOutColumn, b: HeldOutColumn) => a.name === b.name && a.sourceType === b.sourceType
  const common = first.file.heldOut.columns.filter((column) =>
    others.every(({ file }) => file.heldOut.columns.some((other) => isSame(column, other))),
  )
  const whole = versions.every(({ file }) => file.heldOut.columns.length === common.length)
  if (common.length === 0) return 0
  const key = [...common.map(comparable), actualColumn].join(', ')
  const keyed = versions.map(
    ({ path }, i) =>
      `k${i} as (
         select file_row_number as r${i}, k, d, n from (
           select file_row_number, k, row_number() over (partition by k order by file_row_number) as d,
             count(*) over (partition by k) as n
           from (select file_row_number, hash(${key}) as k from read_parquet(${literal(path)}, file_row_number = true))
         ) ${whole ? '' : 'where n = 1'}
       )`,
  )
  const joins = versions.slice(1).map((_, i) => `join k${i + 1} using (k, d)`)
  const places = versions.map((_, i) => `r${i}`)
  await session.run(
    `create or replace temp table ${sharedRowsTable.replace('temp.', '')} as
     with ${keyed.join(', ')}
     select row_number() over (order by r0) - 1 as place, ${places.join(', ')} from k0 ${joins.join(' ')}`,
  )
  const [counted] = await session.rows(`select count(*)::double as n from ${sharedRowsTable}`)
  return Number(counted?.n)
}
