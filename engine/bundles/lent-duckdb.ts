import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'

/**
 * The environment that lends this installation's DuckDB to a bundle that carries none, so that any bundle reads and
 * writes DuckDB tables, and nested columns of Parquet, here. Empty where it carries its own, and where there is none for this machine.
 */
export function lentDuckDb(bundle: string): { SLIPWAY_DUCKDB?: string } {
  if (existsSync(join(bundle, 'runtime', 'duckdb.node'))) return {}
  try {
    const from = createRequire(import.meta.url)
    return {
      SLIPWAY_DUCKDB: from.resolve(`@duckdb/node-bindings-${process.platform}-${process.arch}/duckdb.node`),
    }
  } catch {
    return {}
  }
}
