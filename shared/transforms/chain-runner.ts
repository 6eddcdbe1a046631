/** HOT: moves every row of a model with transforms into DuckDB and out again (figures: docs/transforms.md). */
import { type Batch, missingCode } from '../features/batch.ts'
import { allocateColumns, takesCodes } from '../features/batch-buffers.ts'
import type { Encoder, Pipeline } from '../features/pipeline.ts'
import { textCoder } from '../features/text-coder.ts'
import { createTokenPool, type TokenPool } from '../features/tokenize.ts'
import { sqlLiteral } from '../sql-literal.ts'
import { type ChainParts, rowByRowSql, rowColumn, stagedColumn } from './chain-sql.ts'
import type { DuckDbLibrary, DuckDbVector } from './duckdb-library.ts'
import type { StagedRows } from './staged-rows.ts'
import type { TransformPlan } from './transform-plan.ts'

/** A row that the chain did not give exactly one result. */
export interface LostRow {
  readonly row: number
  readonly results: 'none' | 'several'
}

export interface ChainResult {
  readonly batch: Batch
  readonly lost: readonly LostRow[]
}

export interface ChainRunner {
  /** One call at a time. @throws Error with DuckDB's message when a value stops the whole query */
  run(staged: StagedRows): Promise<ChainResult>
  /** Makes the query that runs fail. */
  interrupt(): void
  close(): void
}

export interface LookupFile {
  readonly relation: string
  readonly path: string
}

/** DuckDB's vectors hold so many rows. */
const vectorRows = 2048

const quotedRelation = (name: string) =>
  name
    .split('.')
    .map((part) => `"${part.replaceAll('"', '""')}"`)
    .join('.')

type Reader = (vector: DuckDbVector, from: number, into: Batch['columns'][number], to: number) => void

/** Stores a result of the SQL as training stores the snapshot's: text as codes or places of words, all else as numbers. */
function reader(encoder: Encoder, pool: TokenPool): Reader {
  const code = textCoder(encoder, pool)
  if (code === null) {
    return (vector, from, into, to) => {
      const value = vector.getItem(from)
      into[to] = typeof value === 'number' ? value : Number.NaN
    }
  }
  const missing = takesCodes(encoder) ? missingCode : Number.NaN
  return (vector, from, into, to) => {
    const value = vector.getItem(from)
    into[to] = typeof value === 'string' ? code(value) : missing
  }
}

/**
 * Opens DuckDB in memory, loads the lookup tables, and prepares the chain. Nothing of the outside can be reached from
 * the SQL afterwards.
 *
 * Each batch is one transaction that is rolled back: its rows never become part of the database, so memory stays level.
 */
export async function openChainRunner(
  { DOUBLE, DuckDBDataChunk, DuckDBInstance, INTEGER, VARCHAR }: DuckDbLibrary,
  plan: TransformPlan,
  chain: ChainParts,
  pipeline: Pipeline,
  lookups: readonly LookupFile[],
): Promise<ChainRunner> {
  const instance = await DuckDBInstance.create(':memory:', {
    // Rows are few and the server has other things to do; one thread adds in one order.
    threads: '1',
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  })
  const connection = await instance.connect()
  // A prepared plan must not rest on what the staging table held when it was made.
  await connection.run(`set disabled_optimizers = 'statistics_propagation,compressed_materialization'`)
  for (const { relation, path } of lookups) {
    const parts = relation.split('.')
    if (parts.length > 1)
      await connection.run(`create schema if not exists ${quotedRelation(parts[0] ?? '')}`)
    await connection.run(`create table ${quotedRelation(relation)} as from read_parquet(${sqlLiteral(path)})`)
  }
  await connection.run(`set enable_external_access = false`)
  const types = [INTEGER, ...plan.inputs.map(({ carried }) => (carried === 'categorical' ? VARCHAR : DOUBLE))]
  const definitions = plan.inputs.map(
    ({ carried }, index) => `${stagedColumn(index)} ${carried === 'categorical' ? 'VARCHAR' : 'DOUBLE'}`,
  )
  await connection.run(`create temp table slipway_input (${rowColumn} INTEGER, ${definitions.join(', ')})`)
  const sql = rowByRowSql(
    chain,
    'slipway_input',
    plan.outputs.map((output) => output.sql),
  )
  const statement = await connection.prepare(sql)
  const pool = createTokenPool()
  const hasText = pipeline.columns.some((encoder) => encoder.kind === 'text')
  const readers = pipeline.columns.map((encoder) => reader(encoder, pool))

  const append = async ({ rows, columns }: StagedRows) => {
    const appender = await connection.createAppender('slipway_input')
    try {
      for (let from = 0; from < rows; from += vectorRows) {
        const count = Math.min(vectorRows, rows - from)
        const chunk = DuckDBDataChunk.create(types, count)
        chunk.setColumnValues(
          0,
          Array.from({ length: count }, (_, row) => from + row),
        )
        for (const [index, column] of columns.entries()) {
          const values: (number | string | null)[] = new Array(count)
          for (let row = 0; row < count; row++) {
            const value = column === null ? null : column[from + row]!
            values[row] = typeof value === 'number' && Number.isNaN(value) ? null : value
          }
          chunk.setColumnValues(index + 1, values)
        }
        appender.appendDataChunk(chunk)
      }
    } finally {
      appender.closeSync()
    }
  }

  const read = async (rows: number): Promise<ChainResult> => {
    pool.reset()
    const columns = allocateColumns(pipeline, rows)
    const results = new Uint8Array(rows)
    const result = await statement.run()
    for (const chunk of await result.fetchAllChunks()) {
      const numbers = chunk.getColumnVector(0)
      const vectors = readers.map((_, index) => chunk.getColumnVector(index + 1))
      for (let from = 0; from < chunk.rowCount; from++) {
        const row = Number(numbers.getItem(from))
        if (results[row]! < 2) results[row]!++
        for (let column = 0; column < readers.length; column++) {
          readers[column]!(vectors[column]!, from, columns[column]!, row)
        }
      }
    }
    const lost: LostRow[] = []
    for (let row = 0; row < rows; row++) {
      if (results[row] !== 1) lost.push({ row, results: results[row] === 0 ? 'none' : 'several' })
    }
    // The words are the caller's own, as the columns are.
    const tokens = hasText ? pool.tokens().slice(0, pool.length()) : undefined
    return { batch: { rows, columns, tokens }, lost }
  }

  return {
    async run(staged) {
      await connection.run('begin')
      try {
        await append(staged)
        return await read(staged.rows)
      } finally {
        await connection.run('rollback')
      }
    },
    interrupt: () => connection.interrupt(),
    close() {
      statement.destroySync()
      connection.closeSync()
      instance.closeSync()
    },
  }
}
