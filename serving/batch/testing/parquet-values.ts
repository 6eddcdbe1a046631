import type { Pipeline } from '../../../shared/features/pipeline.ts'
import type { Signature } from '../../../shared/signature/signature.ts'
import { type ParquetLayout, readParquetLayout } from '../parquet/layout.ts'
import { parquetColumns } from '../parquet/parquet-columns.ts'
import type { Source } from '../row-chunk.ts'
import { createParquetSource } from '../sources/parquet-source.ts'

const signature: Signature = {
  version: 1,
  task: 'regression',
  inputs: [],
  target: { name: 'y', sourceType: 'DOUBLE' },
}
const noColumns: Pipeline = { version: 1, columns: [], width: 1, inputs: ['x'] }

export async function layoutOf(path: string): Promise<ParquetLayout> {
  const layout = await readParquetLayout(path)
  if (layout === null) throw new Error(`${path} cannot be read.`)
  return layout
}

/**
 * A Parquet file as it is read without DuckDB.
 *
 * @param encoders of a model that alone needs its columns; without any, all values are wanted
 */
export async function parquetSourceOf(path: string, encoders: Pipeline['columns'] = []): Promise<Source> {
  const layout = await layoutOf(path)
  return createParquetSource({
    path,
    layout,
    columns: parquetColumns(layout),
    signature,
    pipeline: { ...noColumns, columns: encoders },
    everything: encoders.length === 0,
    duckDb: async () => null,
  })
}

/** The columns of all chunks, one behind the other. */
export async function valuesOf(source: Source): Promise<unknown[][]> {
  const found: unknown[][] = (await source.columns()).map(() => [])
  for await (const { values } of source.chunks(null)) {
    for (const [c, column] of found.entries()) column.push(...Array.from(values[c] ?? []))
  }
  await source.close()
  return found
}
