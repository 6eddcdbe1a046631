import { resolve } from 'node:path'
import type { LoadedModel } from '../bundle/load-model.ts'
import type { Location } from './locations.ts'
import type { OpenedSource } from './open-source.ts'
import { createDuckDbSource, type DuckDbLocation, keepsOrder } from './sources/duckdb-source.ts'

/** A table or query of DuckDB, or a file as DuckDB reads it: into its own forms, DuckDB puts rows and predictions together. */
export async function openTable(
  { signature, pipeline, transforms }: LoadedModel,
  from: DuckDbLocation,
  to: Location,
): Promise<OpenedSource> {
  const shared = from.kind === 'duckdb' && to.kind === 'duckdb' && resolve(from.path) === resolve(to.path)
  const source = await createDuckDbSource(from, signature, { shared })
  if ((to.kind !== 'parquet' && to.kind !== 'duckdb') || !(await keepsOrder(from, shared))) {
    return { source, joined: null, copied: null }
  }
  source.onlyInputs(transforms === null ? pipeline : null)
  return { source, joined: { ...source.joined, classes: signature.target.classes ?? [] }, copied: null }
}
