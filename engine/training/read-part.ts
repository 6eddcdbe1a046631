/** HOT LOOP: moves every training value from DuckDB's vectors into typed arrays (benchmark: bench/features.ts). */
import { DuckDBVarCharVector } from '@duckdb/node-api'
import type { Batch, BatchColumn } from '../../shared/features/batch.ts'
import { missingCode, unseenCode } from '../../shared/features/batch.ts'
import { allocateColumns, sliceRows } from '../../shared/features/batch-buffers.ts'
import { dictionaryOf } from '../../shared/features/dictionary.ts'
import type { Encoder, Pipeline } from '../../shared/features/pipeline.ts'
import { type TextCoder, textCoder } from '../../shared/features/text-coder.ts'
import { createTokenPool } from '../../shared/features/tokenize.ts'
import { type CopyColumn, columnCopier } from '../data/copy-column.ts'
import { literal, type Session } from '../data/database.ts'
import { targetFolds } from './features/fit-target.ts'
import { type PartName, parts, rowsTable } from './split-rows.ts'
import { snapshotColumn } from './take-snapshot.ts'
import type { Part } from './trainer-messages.ts'

function comesAsText({ kind }: Encoder): boolean {
  return kind === 'hashing' || kind === 'text'
}

/** Of no more categories, a list is searched faster than an ENUM says that a value is none of them. */
const mostInList = 32
/** Megabytes read ahead: with less, DuckDB's threads wait while chunks are copied. */
const ahead = 16

/**
 * Categories become codes inside DuckDB, by a search of few or the hash look-up of an ENUM, so that no text is read row
 * by row. Only what is hashed comes as text, to be hashed by the code that serves.
 */
function selectSql(encoder: Encoder, column: string): string {
  if (comesAsText(encoder)) return column
  const categories = dictionaryOf(encoder)
  if (categories === null) return column
  const dictionary = categories.map(literal).join(', ')
  // An ENUM takes plain literals only, and none has U+0000.
  const inList = categories.length <= mostInList || categories.some((text) => text.includes('\0'))
  const code =
    categories.length > 0 && inList
      ? `nullif(list_position([${dictionary}], ${column}), 0)::integer - 1`
      : `enum_code(try_cast(${column} as enum(${dictionary})))::integer`
  return `coalesce(${code}, case when ${column} is null then ${missingCode} else ${unseenCode} end)`
}

function textCopier(index: number, into: BatchColumn, codeOf: TextCoder): CopyColumn {
  const missing = into instanceof Int32Array ? missingCode : Number.NaN
  return (chunk, at) => {
    const vector = chunk.getColumnVector(index)
    if (!(vector instanceof DuckDBVarCharVector)) {
      throw new Error(`Expected a column of VARCHAR, found ${vector.type.toString()}.`)
    }
    for (let r = 0; r < chunk.rowCount; r++) {
      const text = vector.getItem(r)
      into[at + r] = text === null ? missing : codeOf(text)
    }
  }
}

/** Training rows are encoded by the other folds' targets: their codes say which fold is theirs, the row number modulo. */
function addFold(encoder: Encoder, codes: BatchColumn, numbers: Float64Array): void {
  if (encoder.kind !== 'target' || !encoder.folds) return
  const stride = encoder.categories.length + 1
  for (let r = 0; r < numbers.length; r++) {
    const code = codes[r]!
    if (code === unseenCode) continue
    const number = numbers[r]!
    // The remainder by a floor: of doubles, `%` takes several times as long.
    const fold = number - targetFolds * Math.floor(number / targetFolds)
    codes[r] = (code === missingCode ? stride - 1 : code) + stride * (1 + fold)
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
  const pool = createTokenPool()
  const hasText = pipeline?.columns.some((encoder) => encoder.kind === 'text') ?? false
  const copiers = [...columns, ...numbers].map((into, c) => {
    const encoder = pipeline?.columns[c]
    const codeOf = encoder && comesAsText(encoder) ? textCoder(encoder, pool) : null
    return codeOf ? textCopier(c, into, codeOf) : columnCopier(c, into, Number.NaN)
  })
  const tokens = () => (hasText ? pool.tokens() : undefined)
  let at = 0
  for await (const chunk of session.stream(`select ${selected.join(', ')} ${source.from}`, ahead)) {
    for (const copy of copiers) copy(chunk, at)
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
