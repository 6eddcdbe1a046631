import { Failure } from '../../shared/failure.ts'
import { sourceKind } from '../../shared/features/source-kind.ts'
import { literal, quote, type Session } from '../data/database.ts'
import { relationFailure } from '../data/relation-failure.ts'
import type { FeatureColumn, SourceColumn } from './choose-columns.ts'
import { valueSql } from './column-kinds.ts'
import { checkFeatures } from './features/check-features.ts'
import { seededHash } from './seeded-hash.ts'
import type { SplitColumn } from './splits/split-column.ts'

/**
 * The temporary table that training works on; it ends with its session. Columns `c0`, `c1`, …, `t`, `n`, `s` where
 * the split goes by a column, and `w` where rows have weights.
 */
export const snapshotTable = 'temp.slipway_snapshot'

export const fewestRows = 10

/** A training relation that stands in another place than its name says, with a column that numbers its rows. */
export interface TrainingSource {
  readonly quoted: string
  readonly rowColumn: string
  /** Only the split is wanted of it: its features are not yet what is trained on. */
  readonly provisional?: true
}

/** Holds the source's row number in the snapshot, where there is a source of its own. */
export const sourceRow = 'source_row'

/** The column of a feature in the snapshot. */
export function snapshotColumn(index: number): string {
  return `c${index}`
}

/** A column of the relation that is neither feature nor target, by which held-out rows can be sliced. */
export interface ExtraColumn extends SourceColumn {
  /** Its name in the snapshot. */
  readonly snapshot: string
}

/**
 * Copies the relation's features, target and weights, so that every later step sees the same rows even while the
 * relation changes.
 *
 * `n` numbers the rows from 0 in the order of a seeded hash of their content. It depends neither on how the
 * relation stores them nor on the number of threads; rows that are equal in all columns are interchangeable. Of copies,
 * each has a hash of its own: in one place they would go to one part of a split together, and in a table of few
 * different rows no part would then be like the whole.
 * With a source of its own, its row numbers take the content's place, so that the order outlives a change of features.
 */
export async function takeSnapshot(
  session: Session,
  quotedRelation: string,
  features: readonly FeatureColumn[],
  target: SourceColumn,
  seed: number,
  splitColumn: SplitColumn | null,
  weight: SourceColumn | null,
  extras: readonly ExtraColumn[] = [],
  rowColumn: string | null = null,
): Promise<void> {
  const isText = sourceKind(target.sourceType) === 'text'
  const columns = features.map((feature, i) => `${feature.sql} as ${snapshotColumn(i)}`)
  columns.push(`${valueSql(quote(target.name), target.sourceType, isText ? 'text' : 'number')} as t`)
  if (splitColumn) columns.push(`${splitColumn.sql} as s`)
  if (weight) columns.push(`${valueSql(quote(weight.name), weight.sourceType, 'number')} as w`)
  const beside = [...(splitColumn ? ['s'] : []), ...(weight ? ['w'] : [])]
  const names = [...features.map((_, i) => snapshotColumn(i)), 't', ...beside].join(', ')
  columns.push(...extras.map(({ name, snapshot }) => `${quote(name)} as ${snapshot}`))
  if (rowColumn !== null) columns.push(`${quote(rowColumn)} as ${sourceRow}`)
  const kept = [names, ...extras.map((extra) => extra.snapshot), ...(rowColumn === null ? [] : [sourceRow])]
  const source = `select ${columns.join(', ')} from ${quotedRelation}`
  // Of several columns, the hash mixes what the seed adds by itself.
  const ordered =
    rowColumn === null
      ? `select *, row_number() over (partition by h) as copy from (select *, hash(${seed}, ${names}) as h from (${source}))`
      : source
  const order =
    rowColumn === null ? 'case copy when 1 then h else hash(h, copy) end' : seededHash(seed, sourceRow)
  await session
    .run(
      `create temp table ${snapshotTable} as
       select ${kept.join(', ')}, row_number() over (order by ${order}) - 1 as n from (${ordered})`,
    )
    .catch((error: unknown) => {
      throw relationFailure(error, quotedRelation)
    })
}

function thousands(count: number): string {
  return count.toLocaleString('en-US')
}

/** Refuses data that cannot be trained on. @returns the number of rows */
export async function checkSnapshot(
  session: Session,
  relation: string,
  features: readonly FeatureColumn[],
  target: SourceColumn,
  splitColumn: SplitColumn | null,
): Promise<number> {
  const [head] = await session.rows(
    `select count(*)::double as n, count(*) filter (t is null)::double as missing from ${snapshotTable}`,
  )
  const rows = Number(head?.n)
  if (rows < fewestRows) {
    throw new Failure(
      'invalid-input',
      `Relation "${relation}" has ${rows} rows; training needs at least ${fewestRows}.`,
      'Use a relation with more rows.',
      'from',
    )
  }
  const missing = Number(head?.missing)
  if (missing > 0) {
    throw new Failure(
      'invalid-input',
      `Target "${target.name}" is missing in ${thousands(missing)} of ${thousands(rows)} rows.`,
      `Leave them out in the SQL cell: where ${quote(target.name)} is not null.`,
      'target',
    )
  }
  if (splitColumn) await checkSplitColumn(session, splitColumn, rows)
  if (sourceKind(target.sourceType) === 'float') await checkFinite(session, 't', target.name, 'target')
  await checkFeatures(session, snapshotTable, features, rows, snapshotColumn)
  return rows
}

async function checkSplitColumn(session: Session, { name }: SplitColumn, rows: number): Promise<void> {
  const [found] = await session.rows(`select count(*) filter (s is null)::double as n from ${snapshotTable}`)
  const missing = Number(found?.n)
  if (missing === 0) return
  throw new Failure(
    'invalid-input',
    `Column "${name}", which the rows are split by, is missing in ${thousands(missing)} of ${thousands(rows)} rows.`,
    `Leave them out in the SQL cell: where ${quote(name)} is not null.`,
    'split.column',
  )
}

async function checkFinite(session: Session, column: string, name: string, path: string): Promise<void> {
  const [found] = await session.rows(
    `select count(*) filter (isinf(${column}))::double as infinite from ${snapshotTable}`,
  )
  const infinite = Number(found?.infinite)
  if (infinite === 0) return
  throw new Failure(
    'invalid-input',
    `Column "${name}" has ${thousands(infinite)} infinite ${infinite === 1 ? 'value' : 'values'}; training needs finite numbers.`,
    `Make them null in the SQL cell: case when isfinite(${quote(name)}) then ${quote(name)} end.`,
    path,
  )
}

/** A SQL literal for a target value as the snapshot holds it. */
export function targetLiteral(value: string | number): string {
  return typeof value === 'string' ? literal(value) : `${value}::double`
}
