import { Failure } from '../../shared/failure.ts'
import { isQuery, type Location, shownLocation } from './locations.ts'
import type { OpenedSource } from './open-source.ts'
import type { ChunkColumn } from './row-chunk.ts'
import { createArrowSink } from './sinks/arrow-sink.ts'
import { canWrite, createParquetSink } from './sinks/parquet-sink.ts'
import type { Sink } from './sinks/sink.ts'
import { createCsvSink, createNdjsonSink } from './sinks/text-sinks.ts'

/** The writer of an output. Code of databases is loaded only where one is named. */
export async function openSink(
  to: Location,
  columns: readonly ChunkColumn[],
  added: readonly ChunkColumn[],
  append: boolean,
  { joined, copied }: Pick<OpenedSource, 'joined' | 'copied'>,
): Promise<Sink> {
  if ((to.kind === 'duckdb' || to.kind === 'postgres') && isQuery(to.relation)) {
    throw new Failure('invalid-input', `${shownLocation(to)} is a query, expected a table.`, 'Name a table.')
  }
  if (append && to.kind !== 'duckdb' && to.kind !== 'postgres') {
    throw new Failure(
      'invalid-input',
      '--append is for tables; a file is written anew.',
      'Leave --append out.',
    )
  }
  switch (to.kind) {
    case 'csv':
      return createCsvSink(to.path, columns, added)
    case 'ndjson':
      return createNdjsonSink(to.path, columns, added)
    case 'arrow':
      return createArrowSink(to.path, to.format, columns, added)
    case 'parquet': {
      if (copied !== null) {
        const { createCopiedParquetSink } = await import('./sinks/copied-parquet-sink.ts')
        return createCopiedParquetSink(to.path, added, copied)
      }
      if (joined === null && canWrite(columns)) return createParquetSink(to.path, columns, added)
      const { createStagedParquetSink } = await import('./sinks/duckdb-sink.ts')
      return await createStagedParquetSink(to.path, columns, added, joined)
    }
    case 'duckdb': {
      const { createDuckDbSink } = await import('./sinks/duckdb-sink.ts')
      return await createDuckDbSink(to, columns, added, append, joined)
    }
    case 'postgres': {
      const { createPostgresSink } = await import('./sinks/postgres-sink.ts')
      return await createPostgresSink(to, columns, added, append)
    }
  }
}
