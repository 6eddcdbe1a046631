/** HOT LOOP: moves every training value from DuckDB's vectors into typed arrays (benchmark: bench/features.ts). */
import { type DuckDBDataChunk, DuckDBVarCharVector } from '@duckdb/node-api'
import type { Batch, BatchColumn } from '../../shared/features/batch.ts'
import { missingCode, unseenCode } from '../../shared/features/batch.ts'
import { allocateColumns, sliceRows } from '../../shared/features/batch-buffers.ts'
import { dictionaryOf } from '../../shared/features/dictionary.ts'
import type { Encoder, Pipeline } from '../../shared/features/pipeline.ts'
import { type TextCoder, textCoder } from '../../shared/features/text-coder.ts'
import { createTokenPool } from '../../shared/features/tokenize.ts'
import { copyVector } from '../data/copy-vector.ts'
import { literal, type Session } from '../data/database.ts'
import { targetFolds } from './features/fit-target.ts'
import { type PartName, parts, rowsTable } from './split-rows.ts'
import { snapshotColumn } from './take-snapshot.ts'
import type { Part } from './trainer-messages.ts'

function comesAsText({ kind }: Encoder): boolean {
  return kind === 'hashing' || kind === 'text'
}

/**
 * Categories become codes inside DuckDB, by the hash look-up of an ENUM, so that no text is read row by row.
 * Only what is hashed comes as text, to be hashed by the code that serves.
 */
function selectSql(encoder: Encoder, column: string): string {
  if (comesAsText(encoder)) return column
  const categories = dictionaryOf(encoder)
  if (categories === null) return column
  const dictionary = `enum(${categories.map(literal).join(', ')})`
  const code = `enum_code(try_cast(${column} as ${dictionary}))::integer`
  return `coalesce(${code}, case when ${column} is null then ${missingCode} else ${unseenCode} end)`
}

function copyTexts(
  chunk: DuckDBDataChunk,
  index: number,
  into: BatchColumn,
  at: number,
  copyText: TextCoder,
): void {
  const vector = chunk.getColumnVector(index)
  if (!(vector instanceof DuckDBVarCharVector)) {
    throw new Error(`Expected a column of VARCHAR, found ${vector.type.toString()}.`)
  }
  const missing = into instanceof Int32Array ? missingCode : Number.NaN
  for (let r = 0; r < chunk.rowCount; r++) {
    const text = vector.getItem(r)
    into[at + r] = text === null ? missing : copyText(text)
  }
}

/** Training rows are encoded by the other folds' targets: their codes say which fold is theirs, the row number modulo. */
function addFold(encoder: Encoder, codes: BatchColumn, numbers: Float64Array): void {
  if (encoder.kind !== 'target' || !encoder.folds) return
  const stride = encoder.categories.length + 1
  for (let r = 0; r < numbers.length; r++) {
    const code = codes[r]!
    if (code === unseenCode) continue
    codes[r] = (code === missingCode ? stride - 1 : code) + stride * (1 + (numbers[r]! % targetFolds))
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
  selected.push(...source.numbers.map((number) => `(${number})::double`))
  const every = [...columns, ...numbers]
  const pool = createTokenPool()
  const hasText = pipeline?.columns.some((encoder) => encoder.kind === 'text') ?? false
  const copiers = (pipeline?.columns ?? []).map((encoder) =>
    comesAsText(encoder) ? textCoder(encoder, pool) : null,
  )
  const tokens = () => (hasText ? pool.tokens() : undefined)
  let at = 0
  for await (const chunk of session.stream(`select ${selected.join(', ')} ${source.from}`)) {
    for (let c = 0; c < every.length; c++) {
      const copyText = copiers[c]
      if (copyText) copyTexts(chunk, c, every[c]!, at, copyText)
      else copyVector(chunk, c, every[c]!, at, Number.NaN)
    }
    const end = at + chunk.rowCount
    onChunk(sliceRows({ rows, columns, tokens: tokens() }, at, end), end)
    at = end
  }
  if (at !== rows) throw new Error(`Read ${at} rows where ${rows} were counted.`)
  return { batch: { rows, columns, tokens: tokens()?.slice(0, pool.length()) }, numbers }
}

/** DuckDB reads a table in the order it was written in, unless a SQL cell has turned that off. */
async function orderSql(session: Session): Promise<string> {
  const [found] = await session.rows(`select current_setting('preserve_insertion_order') as kept`)
  return found?.kept === true ? '' : 'order by n'
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
    numbers: ['y', 'n', ...(weighted ? ['w'] : [])],
    from: `from ${rowsTable} where part = ${parts[name]} ${await orderSql(session)}`,
  }
  const { batch, numbers } = await readRows(session, pipeline, source, rows, onChunk)
  const [target, order, weights] = numbers
  for (let r = 1; r < rows; r++) {
    if (!(order![r]! > order![r - 1]!)) throw new Error(`The rows to ${name} do not lie in their order.`)
  }
  if (name === 'train') {
    for (const [c, encoder] of pipeline.columns.entries()) addFold(encoder, batch.columns[c]!, order!)
  }
  return {
    rows,
    columns: [...batch.columns],
    target: target!,
    ...(weights ? { weights } : {}),
    ...(batch.tokens ? { tokens: batch.tokens } : {}),
  }
}
