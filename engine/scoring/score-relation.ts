/**
 * HOT LOOP: scores relations of any size in bounded memory, chunk by chunk in typed arrays (benchmark:
 * bench/serving.ts has the predictor's own rates). The rows themselves never leave DuckDB: only the model's columns
 * are read and only scores are written.
 */
import {
  DuckDBDataChunk as DataChunk,
  DOUBLE,
  type DuckDBDataChunk,
  DuckDBDoubleVector,
  INTEGER,
} from '@duckdb/node-api'
import { Failure } from '../../shared/failure.ts'
import { absentColumns } from '../../shared/signature/absent-columns.ts'
import type { FieldError } from '../../shared/signature/decode-rows.ts'
import type { Label, Signature } from '../../shared/signature/signature.ts'
import { literal, quote, type Session } from '../data/database.ts'
import { readingFailure } from '../data/relation-failure.ts'
import { capitalised, type DescribedColumn, modelColumnsSql } from './model-columns.ts'
import type { ScoredVersion } from './scored-version.ts'

/** Values read before scores are written; a row group of DuckDB has 122,880 rows, so more gains nothing. */
const mostValues = 4_000_000
const mostRows = 122_880
const vectorRows = 2_048
/** Values decoded before others get their turn. */
const valuesAtOnce = 40_000
/** Numbers the copied rows from 0; DuckDB's own `rowid` begins elsewhere before a transaction ends. */
const rowNumber = '__slipway_row'

export interface ScoreTask {
  /** SQL that can stand behind `from`. */
  readonly source: string
  /** How messages call it. */
  readonly what: string
  /** Tells the tables of one task from those of another in the same session. */
  readonly key: string
  readonly signal: AbortSignal
}

/** A scored relation, as temporary tables of the session. */
export interface ScoredRelation {
  /** A query: the relation's columns, then `prediction` and, for classes, `probability_<class>`, in the relation's order. */
  readonly sql: string
  readonly rows: number
  /** Columns of the signature that the relation does not have, and that are missing in every row therefore. */
  readonly absent: readonly string[]
  drop(): Promise<void>
}

function labelSql(label: Label): string {
  if (typeof label === 'string') return literal(label)
  if (typeof label === 'boolean') return String(label)
  return Number.isInteger(label) ? String(label) : `${label}::double`
}

/** The columns that scoring adds, named as batch scoring names them. */
function resultColumns(signature: Signature): { name: string; sql: string }[] {
  const classes = signature.target.classes ?? []
  if (signature.task === 'regression') return [{ name: 'prediction', sql: 's.p0' }]
  const labels = classes.map((label, k) => `when ${k} then ${labelSql(label)}`).join(' ')
  const binary = signature.task === 'binary'
  return [
    { name: 'prediction', sql: `case s.k ${labels} end` },
    ...classes.map((label, k) => ({
      name: `probability_${String(label)}`,
      sql: binary ? (k === 0 ? '1 - s.p0' : 's.p0') : `s.p${k}`,
    })),
  ]
}

function assertFree(columns: readonly DescribedColumn[], added: readonly { name: string }[], what: string) {
  const taken = new Set(columns.map(({ name }) => name.toLowerCase()))
  const clash = added.find(({ name }) => taken.has(name.toLowerCase()))
  if (!clash) return
  throw new Failure(
    'invalid-input',
    `${capitalised(what)} already has a column "${clash.name}", which predict would add.`,
    `Leave it out: predict('…', (select * exclude (${quote(clash.name)}) from …)).`,
  )
}

function refused(field: FieldError, offset: number, what: string, model: string): Failure {
  const row = (offset + field.row + 1).toLocaleString('en-US')
  const where = field.column === '' ? 'it is' : `column "${field.column}" has`
  return new Failure(
    'invalid-input',
    `Row ${row} of ${what} does not fit ${model}: ${where} ${field.found}, expected ${field.expected}.`,
    'Filter such rows out, or fill them as the training data was.',
  )
}

function readChunk(chunk: DuckDBDataChunk, names: readonly string[]): Record<string, ArrayLike<unknown>> {
  const rows = chunk.rowCount
  const columns: Record<string, ArrayLike<unknown>> = Object.create(null)
  for (const [index, name] of names.entries()) {
    const vector = chunk.getColumnVector(index)
    if (vector instanceof DuckDBDoubleVector) {
      const values = new Float64Array(rows)
      for (let r = 0; r < rows; r++) values[r] = vector.getItem(r) ?? Number.NaN
      columns[name] = values
    } else {
      const values: unknown[] = new Array(rows)
      for (let r = 0; r < rows; r++) values[r] = vector.getItem(r)
      columns[name] = values
    }
  }
  return columns
}

const stopped = () => new Failure('cancelled', 'Scoring was stopped.', 'Run it again when you need it.')
const turnOfOthers = () => new Promise((resolve) => setImmediate(resolve))

/** Scores of some rows, waiting to be written. */
interface Scores {
  readonly classes: Int32Array
  readonly outputs: readonly Float64Array[]
}

/**
 * Scores a relation.
 *
 * @throws Failure `invalid-input` naming the column or row that does not fit; `cancelled` after `task.signal`
 */
export async function scoreRelation(
  session: Session,
  scored: ScoredVersion,
  task: ScoreTask,
): Promise<ScoredRelation> {
  const { signature } = scored.record
  const { source, what, key, signal } = task
  const model = `${scored.name} version ${scored.version}`
  const rowsTable = `temp.${quote(`slipway_rows_${key}`)}`
  const scoresName = `slipway_scores_${key}`
  const scoresTable = `temp.${quote(scoresName)}`
  const throwIfStopped = () => {
    if (signal.aborted) throw stopped()
  }
  /** What waits for the model or its SQL is left behind at once. */
  const unlessStopped = async <T>(work: Promise<T>): Promise<T> => {
    throwIfStopped()
    const { promise, reject } = Promise.withResolvers<never>()
    const stop = () => {
      scored.interrupt()
      reject(stopped())
    }
    signal.addEventListener('abort', stop)
    try {
      return await Promise.race([work, promise])
    } finally {
      signal.removeEventListener('abort', stop)
    }
  }
  const drop = async () => {
    await session.run(`drop table if exists ${rowsTable}`)
    await session.run(`drop table if exists ${scoresTable}`)
  }

  const described = await session.rows(`describe select * from ${source}`).catch((error: unknown) => {
    if (error instanceof Failure && error.code === 'cancelled') throw error
    throw new Failure(
      'invalid-input',
      `predict cannot read ${what}: ${error instanceof Error ? error.message : String(error)}`,
      'Name a relation of the workspace. A name from a WITH clause is not seen here: write its query in parentheses.',
    )
  })
  const columns = described.map((row) => ({ name: String(row.column_name), type: String(row.column_type) }))
  const added = resultColumns(signature)
  assertFree(columns, added, what)
  const reads = modelColumnsSql(signature, model, columns, what)
  const names = reads.map(({ name }) => name)
  const rowsAtOnce = Math.min(vectorRows, Math.max(16, Math.floor(valuesAtOnce / Math.max(1, names.length))))
  const outputs = signature.task === 'multiclass' ? (signature.target.classes?.length ?? 0) : 1

  /** Scores one chunk into `into` from row `at` on; `offset` is the chunk's first row in the relation. */
  const scoreChunk = async (
    values: Record<string, ArrayLike<unknown>>,
    rows: number,
    offset: number,
    into: Scores,
    at: number,
  ) => {
    for (let from = 0; from < rows; from += rowsAtOnce) {
      const count = Math.min(rowsAtOnce, rows - from)
      const slice: Record<string, ArrayLike<unknown>> = Object.create(null)
      for (const name of names) {
        const column = values[name]!
        slice[name] =
          column instanceof Float64Array
            ? column.subarray(from, from + count)
            : Array.prototype.slice.call(column, from, from + count)
      }
      const answer = await unlessStopped(scored.columns(slice, count))
      if (!answer.ok) throw refused(answer.field, offset + from, what, model)
      const predicted = answer.predictions
      for (let r = 0; r < count; r++) into.classes[at + from + r] = predicted.classIndexes[r]!
      for (let k = 0; k < outputs; k++) {
        const column = into.outputs[k]!
        for (let r = 0; r < count; r++) column[at + from + r] = predicted.scores[r * outputs + k]!
      }
    }
  }

  const write = async (scores: Scores, rows: number) => {
    const appender = await session.connection.createAppender(scoresName, 'main', 'temp')
    try {
      for (let from = 0; from < rows; from += vectorRows) {
        const to = Math.min(rows, from + vectorRows)
        const chunk = DataChunk.create([INTEGER, ...scores.outputs.map(() => DOUBLE)], to - from)
        chunk.setColumnValues(0, Array.from(scores.classes.subarray(from, to)))
        for (const [k, column] of scores.outputs.entries()) {
          chunk.setColumnValues(k + 1, Array.from(column.subarray(from, to)))
        }
        appender.appendDataChunk(chunk)
        await turnOfOthers()
      }
    } finally {
      appender.closeSync()
    }
  }

  try {
    throwIfStopped()
    // A copy: what the relation gives, and in which order, must not change between reading and joining.
    await session
      .run(
        `create or replace temp table ${rowsTable.slice(5)} as
         select row_number() over () - 1 as ${rowNumber}, * from ${source}`,
      )
      .catch((error: unknown) => {
        throw readingFailure(error, `predict cannot read ${what}`)
      })
    const numbers = Array.from({ length: outputs }, (_, k) => `p${k} double`)
    await session.run(`create or replace temp table ${quote(scoresName)} (k integer, ${numbers.join(', ')})`)
    const [counted] = await session.rows(`select count(*)::double as n from ${rowsTable}`)
    const rows = Number(counted?.n)
    const size = Math.min(mostRows, Math.max(vectorRows, Math.floor(mostValues / (names.length + outputs))))
    const scores: Scores = {
      classes: new Int32Array(Math.min(size, rows)),
      outputs: Array.from({ length: outputs }, () => new Float64Array(Math.min(size, rows))),
    }
    const select = reads.length === 0 ? 'null::double' : reads.map(({ sql }) => sql).join(', ')
    for (let from = 0; from < rows; from += size) {
      throwIfStopped()
      let at = 0
      const query = `select ${select} from ${rowsTable} where ${rowNumber} >= ${from} and ${rowNumber} < ${from + size} order by ${rowNumber}`
      for await (const chunk of session.stream(query)) {
        await scoreChunk(readChunk(chunk, names), chunk.rowCount, from + at, scores, at)
        at += chunk.rowCount
      }
      await write(scores, at)
    }
    const list = added.map(({ name, sql }) => `${sql} as ${quote(name)}`)
    return {
      sql: `select r.* exclude (${rowNumber}), ${list.join(', ')} from ${rowsTable} r positional join ${scoresTable} s`,
      rows,
      absent: absentColumns(
        signature,
        columns.map(({ name }) => name),
      ),
      drop,
    }
  } catch (error) {
    // A failed transaction has dropped them already, and can drop nothing any more.
    await drop().catch(() => undefined)
    throw error
  }
}
