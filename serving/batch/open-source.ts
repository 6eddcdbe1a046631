import { resolve } from 'node:path'
import type { LoadedModel } from '../bundle/load-model.ts'
import type { Location } from './locations.ts'
import type { Source } from './row-chunk.ts'
import type { Joined } from './sinks/stage-rows.ts'
import { createArrowSource } from './sources/arrow-source.ts'
import { createCsvSource } from './sources/csv-source.ts'
import { createNdjsonSource } from './sources/ndjson-source.ts'

export interface OpenedSource {
  source: Source
  /** Set where DuckDB puts the rows beside their predictions by itself. */
  joined: Joined | null
}

/** The reader of an input. Code of databases is loaded only where one is named. */
export async function openSource(
  { signature }: LoadedModel,
  from: Location,
  to: Location,
): Promise<OpenedSource> {
  // Text and Arrow travel as they stand into their own format; any other output needs the values of all columns.
  const everything = from.kind !== to.kind
  switch (from.kind) {
    case 'csv':
      return { source: createCsvSource(from.path, { signature, everything }), joined: null }
    case 'ndjson':
      return { source: createNdjsonSource(from.path, { signature, everything }), joined: null }
    case 'arrow':
      return { source: createArrowSource(from.path, { signature, everything }), joined: null }
    case 'parquet':
    case 'duckdb': {
      const { createDuckDbSource, keepsOrder } = await import('./sources/duckdb-source.ts')
      const shared = from.kind === 'duckdb' && to.kind === 'duckdb' && resolve(from.path) === resolve(to.path)
      const source = await createDuckDbSource(from, signature, { shared })
      if ((to.kind !== 'parquet' && to.kind !== 'duckdb') || !(await keepsOrder(from, shared))) {
        return { source, joined: null }
      }
      source.onlyInputs()
      return { source, joined: { ...source.joined, classes: signature.target.classes ?? [] } }
    }
    case 'postgres': {
      const { createPostgresSource } = await import('./sources/postgres-source.ts')
      return { source: await createPostgresSource(from, signature), joined: null }
    }
  }
}
