import { resolve } from 'node:path'
import type { LoadedModel } from '../bundle/load-model.ts'
import type { Location } from './locations.ts'
import { readParquetLayout } from './parquet/layout.ts'
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
export async function openSource(
  { signature, pipeline, transforms }: LoadedModel,
  from: Location,
  to: Location,
): Promise<OpenedSource> {
  // Text and Arrow travel as they stand into their own format; any other output needs the values of all columns.
  const everything = from.kind !== to.kind
  switch (from.kind) {
    case 'csv':
      return { source: createCsvSource(from.path, { signature, everything }), joined: null, copied: null }
    case 'ndjson':
      return { source: createNdjsonSource(from.path, { signature, everything }), joined: null, copied: null }
    case 'arrow':
      return { source: createArrowSource(from.path, { signature, everything }), joined: null, copied: null }
    case 'parquet':
    case 'duckdb': {
      const { createDuckDbSource, keepsOrder } = await import('./sources/duckdb-source.ts')
      const shared = from.kind === 'duckdb' && to.kind === 'duckdb' && resolve(from.path) === resolve(to.path)
      const source = await createDuckDbSource(from, signature, { shared })
      if ((to.kind !== 'parquet' && to.kind !== 'duckdb') || !(await keepsOrder(from, shared))) {
        return { source, joined: null, copied: null }
      }
      source.onlyInputs(transforms === null ? pipeline : null)
      const classes = signature.target.classes ?? []
      const layout =
        from.kind === 'parquet' && to.kind === 'parquet' ? await readParquetLayout(from.path) : null
      // Folders named like `year=2026` give columns that are not in the file.
      if (layout !== null && layout.columns === (await source.columns()).length) {
        source.cutAt(layout.groups.map(({ rows }) => rows))
        const copied = { from: from.path, layout, classes }
        if (transforms !== null) return { source, joined: null, copied }
        const { createParquetPagesSource } = await import('./sources/parquet-pages-source.ts')
        const pages = createParquetPagesSource(from.path, layout, pipeline, source)
        return { source: pages, joined: null, copied }
      }
      return { source, joined: { ...source.joined, classes }, copied: null }
    }
    case 'postgres': {
      const { createPostgresSource } = await import('./sources/postgres-source.ts')
      return { source: await createPostgresSource(from, signature), joined: null, copied: null }
    }
  }
}
