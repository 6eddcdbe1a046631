/** HOT LOOP: moves every training value from DuckDB's vectors into typed arrays. */
import { type DuckDBDataChunk, DuckDBDoubleVector, DuckDBIntegerVector } from '@duckdb/node-api'
import type { Batch, BatchColumn } from '../../shared/features/batch.ts'
import { missingCode, unseenCode } from '../../shared/features/batch.ts'
import { allocateColumns, sliceRows } from '../../shared/features/batch-buffers.ts'
import { dictionaryOf } from '../../shared/features/dictionary.ts'
import type { Encoder, Pipeline } from '../../shared/features/pipeline.ts'
import { literal, type Session } from '../data/database.ts'
import { type PartName, parts, rowsTable } from './split-rows.ts'
import { snapshotColumn } from './take-snapshot.ts'
import type { Part } from './trainer-messages.ts'

/** Categories become codes inside DuckDB, by the hash look-up of an ENUM, so that no text is read row by row. */
function selectSql(encoder: Encoder, column: string): string {
  const categories = dictionaryOf(encoder)
  if (categories === null) return `coalesce(${column}, 'nan'::double)`
  const dictionary = `enum(${categories.map(literal).join(', ')})`
  const code = `coalesce(enum_code(try_cast(${column} as ${dictionary}))::integer, ${unseenCode})`
  return `(case when ${column} is null then ${missingCode} else ${code} end)::integer`
}

function copyVector(chunk: DuckDBDataChunk, index: number, into: BatchColumn, at: number): void {
  const vector = chunk.getColumnVector(index)
  const rows = chunk.rowCount
  if (vector instanceof DuckDBDoubleVector) {
    for (let r = 0; r < rows; r++) into[at + r] = vector.getItem(r) ?? Number.NaN
  } else if (vector instanceof DuckDBIntegerVector) {
    for (let r = 0; r < rows; r++) into[at + r] = vector.getItem(r) ?? missingCode
  } else {
    throw new Error(`Expected a column of DOUBLE or INTEGER, found ${vector.type.toString()}.`)
  }
}

/** What to read, in SQL. */
export interface RowSource {
  /** Per column of the pipeline, its value in the form that the snapshot has it. */
  columns: readonly string[]
  /** Further numbers; null is read as NaN. */
  numbers: readonly string[]
  /** From `from` to `order by`. */
  from: string
}

/**
 * Reads rows as columns, chunk by chunk.
 *
 * @param pipeline null where `source.columns` is empty
 * @param rows exactly as many as there are
 * @param onChunk is called with the rows just read, for counting while they pass
 */
export async function readRows(
  session: Session,
  pipeline: Pipeline | null,
  source: RowSource,
  rows: number,
  onChunk: (chunk: Batch, rowsRead: number) => void = () => undefined,
): Promise<{ batch: Batch; numbers: Float64Array[] }> {
  const columns = pipeline ? allocateColumns(pipeline, rows) : []
  const numbers = source.numbers.map(() => new Float64Array(rows))
  const selected = (pipeline?.columns ?? []).map((encoder, c) => selectSql(encoder, source.columns[c]!))
  selected.push(...source.numbers.map((number) => `coalesce((${number})::double, 'nan'::double)`))
  const every = [...columns, ...numbers]
  let at = 0
  for await (const chunk of session.stream(`select ${selected.join(', ')} ${source.from}`)) {
    for (let c = 0; c < every.length; c++) copyVector(chunk, c, every[c]!, at)
    const end = at + chunk.rowCount
    onChunk(sliceRows({ rows, columns }, at, end), end)
    at = end
  }
  if (at !== rows) throw new Error(`Read ${at} rows where ${rows} were counted.`)
  return { batch: { rows, columns }, numbers }
}

/**
 * Reads one part of the split as columns, in the order of `n`.
 *
 * @param onChunk is called with the rows just read, for counting while they pass
 */
export async function readPart(
  session: Session,
  pipeline: Pipeline,
  name: PartName,
  rows: number,
  weighted: boolean,
  onChunk: (chunk: Batch, rowsRead: number) => void,
): Promise<Part> {
  const source = {
    columns: pipeline.columns.map((_, c) => snapshotColumn(c)),
    numbers: ['y', ...(weighted ? ['w'] : [])],
    from: `from ${rowsTable} where part = ${parts[name]} order by n`,
  }
  const { batch, numbers } = await readRows(session, pipeline, source, rows, onChunk)
  const [target, weights] = numbers
  return { rows, columns: [...batch.columns], target: target!, ...(weights ? { weights } : {}) }
}
