import type { LoadedModel } from '../bundle/load-model.ts'
import type { Location } from './locations.ts'
import type { Source } from './row-chunk.ts'
import type { CopiedParquet } from './sinks/copied-parquet-sink.ts'
import type { Joined } from './sinks/stage-rows.ts'
import { createArrowSource } from './sources/arrow-source.ts'
import { createCsvSource } from './sources/csv-source.ts'
import { createNdjsonSource } from './sources/ndjson-source.ts'

export interface OpenedSource {
  source: Source
  /** Set where DuckDB puts the rows beside their predictions by itself. */
  joined: Joined | null
  /** Set where the input's own pages become the output's. */
  copied: CopiedParquet | null
}

/** The reader of an input. Code of databases is loaded only where one is named. */
export async function openSource(model: LoadedModel, from: Location, to: Location): Promise<OpenedSource> {
  const { signature } = model
  // Text and Arrow travel as they stand into their own format; any other output needs the values of all columns.
  const everything = from.kind !== to.kind
  switch (from.kind) {
    case 'csv':
      return { source: createCsvSource(from.path, { signature, everything }), joined: null, copied: null }
    case 'ndjson':
      return { source: createNdjsonSource(from.path, { signature, everything }), joined: null, copied: null }
    case 'arrow':
      return { source: createArrowSource(from.path, { signature, everything }), joined: null, copied: null }
    case 'parquet': {
      const { openParquet } = await import('./open-parquet.ts')
      return await openParquet(model, from, to)
    }
    case 'duckdb': {
      const { openTable } = await import('./open-table.ts')
      return await openTable(model, from, to)
    }
    case 'postgres': {
      const { createPostgresSource } = await import('./sources/postgres-source.ts')
      return { source: await createPostgresSource(from, signature), joined: null, copied: null }
    }
  }
}
