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
  const columns = allocateColumns(pipeline, rows)
  const target = new Float64Array(rows)
  const weights = weighted ? new Float64Array(rows) : null
  const selected = pipeline.columns.map((encoder, c) => selectSql(encoder, snapshotColumn(c)))
  const sql = `select ${[...selected, 'y::double', ...(weights ? ['w'] : [])].join(', ')} from ${rowsTable} where part = ${parts[name]} order by n`
  let at = 0
  for await (const chunk of session.stream(sql)) {
    for (let c = 0; c < columns.length; c++) copyVector(chunk, c, columns[c]!, at)
    copyVector(chunk, columns.length, target, at)
    if (weights) copyVector(chunk, columns.length + 1, weights, at)
    const end = at + chunk.rowCount
    onChunk(sliceRows({ rows, columns }, at, end), end)
    at = end
  }
  if (at !== rows) throw new Error(`Read ${at} rows of the ${name} split where ${rows} were counted.`)
  return { rows, columns, target, ...(weights ? { weights } : {}) }
}
