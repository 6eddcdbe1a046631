import { dirname } from 'node:path'
import { Failure } from '../../shared/failure.ts'
import type { LoadedModel } from '../bundle/load-model.ts'
import { hasDuckDb } from './duckdb-session.ts'
import type { Location } from './locations.ts'
import type { OpenedSource } from './open-source.ts'
import { openTable } from './open-table.ts'
import { canCopyGroups, type ParquetLayout, readParquetLayout } from './parquet/layout.ts'
import { type ParquetColumn, parquetColumns } from './parquet/parquet-columns.ts'
import { createDuckDbSource } from './sources/duckdb-source.ts'
import { createParquetSource, unreadInputs } from './sources/parquet-source.ts'

type ParquetLocation = Extract<Location, { kind: 'parquet' }>

interface ParquetFile {
  layout: ParquetLayout
  columns: ParquetColumn[]
}

/** What the footer says; null where it cannot be read here. */
async function readFooter(path: string): Promise<ParquetFile | null> {
  const layout = await readParquetLayout(path)
  if (layout === null) return null
  try {
    return { layout, columns: parquetColumns(layout) }
  } catch (error) {
    if (error instanceof RangeError) return null
    throw error
  }
}

/** A folder named like `year=2026`, which gives its files a column that is not in them. */
function columnOfFolder(path: string): string | null {
  return (
    dirname(path)
      .split(/[\\/]/)
      .find((folder) => /^[^=]+=/.test(folder)) ?? null
  )
}

/**
 * A Parquet file. Its pages are read here, and copied into an output of Parquet; DuckDB is needed for what is read by
 * SQL or goes into its tables, and reads columns of types that are not known here.
 *
 * @throws Failure naming the column where there is no DuckDB for it
 */
export async function openParquet(
  model: LoadedModel,
  from: ParquetLocation,
  to: Location,
): Promise<OpenedSource> {
  const { signature, pipeline, transforms } = model
  const { path } = from
  const file = await readFooter(path)
  const folder = columnOfFolder(path)
  const copies = to.kind === 'parquet' && file !== null && folder === null && canCopyGroups(file.layout)
  const copied = copies ? { from: path, layout: file.layout, classes: signature.target.classes ?? [] } : null
  if (transforms !== null && copied !== null) {
    const source = await createDuckDbSource(from, signature, { shared: false })
    source.onlyInputs(null)
    source.cutAt(copied.layout.groups.map(({ rows }) => rows))
    return { source, joined: null, copied }
  }
  if (transforms !== null || to.kind === 'duckdb') return await openTable(model, from, to)
  const unread =
    file === null
      ? []
      : copied !== null
        ? unreadInputs(file.columns, pipeline)
        : file.columns.filter(({ read }) => typeof read === 'string')
  const whole = file !== null && folder === null
  // Loading DuckDB takes longer than scoring a small file.
  const needed = !whole || unread.length > 0
  if (whole && (!needed || (copied !== null && (await hasDuckDb())))) {
    const duckDb = async () =>
      (await hasDuckDb()) ? await createDuckDbSource(from, signature, { shared: false }) : null
    const everything = copied === null
    const source = createParquetSource({ path, ...file, signature, pipeline, everything, duckDb })
    return { source, joined: null, copied }
  }
  if (await hasDuckDb()) return await openTable(model, from, to)
  if (file === null) {
    throw new Failure(
      'invalid-input',
      `${path} is no Parquet file, or a damaged or encrypted one.`,
      'Write the file again.',
    )
  }
  const { what, todo } = whyDuckDb(path, folder, unread[0], copied !== null)
  throw new Failure(
    'invalid-input',
    `${what}: that needs DuckDB, which this bundle does not carry.`,
    `${todo}, or use \`slipway score\`, which lends it.`,
  )
}

/** What only DuckDB can do with a file, and what to do without it. */
function whyDuckDb(
  path: string,
  folder: string | null,
  column: ParquetColumn | undefined,
  copied: boolean,
): { what: string; todo: string } {
  if (folder !== null) {
    return {
      what: `The folder ${folder} of ${path} stands for a column`,
      todo: 'Move the file to a folder without "=" in its name',
    }
  }
  return {
    what: `Column "${column?.name}" of ${path} ${String(column?.read)}`,
    todo: copied
      ? 'Write the column as numbers, texts or dates'
      : 'Leave the column out, name an output .parquet, into which it passes as it stands',
  }
}
