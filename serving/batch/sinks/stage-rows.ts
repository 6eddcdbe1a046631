/** HOT: scored rows on their way into DuckDB (benchmark: bench/batch.ts). */
import type { DuckDBType, DuckDBValue, DuckDBVector } from '@duckdb/node-api'
import type { Label } from '../../../shared/signature/signature.ts'
import { type DuckDbSession, sqlName, sqlText } from '../duckdb-session.ts'
import { type PlainValue, plainValue } from '../plain-value.ts'
import type { ChunkColumn } from '../row-chunk.ts'
import type { ScoredChunk } from '../score-chunk.ts'
import { keptNumbers } from './kept-numbers.ts'

/** The input's rows, which DuckDB itself puts beside their predictions: they never leave it. */
export interface Joined {
  relation: string
  /** A statement to run before. */
  attach: string | null
  /** Labels of a classifier in the signature's order; empty for regression. */
  classes: readonly Label[]
}

export interface StagingParts {
  session: DuckDbSession
  /** Table of the rows scored so far. */
  staging: string
  columns: readonly ChunkColumn[]
  added: readonly ChunkColumn[]
  joined: Joined | null
}

const vectorRows = 2_048
/** The place of the predicted class, 0 for regression, −1 for a row that was refused. */
const classColumn = '__slipway_class'

function labelSql(label: Label): string {
  return typeof label === 'string' ? sqlText(label) : String(label)
}

/** Writes numbers as they lie into a vector, without a call for each. */
function setNumbers(vector: DuckDBVector, values: Float64Array | Int32Array): void {
  const items: unknown = Reflect.get(vector, 'items')
  if (!(items instanceof Float64Array || items instanceof Int32Array))
    throw new Error('Not a vector of numbers.')
  items.set(values)
  vector.flush()
}

/** The same with a missing value wherever there is none. */
function setNumbersOrNull(vector: DuckDBVector, values: Float64Array): void {
  for (let i = 0; i < values.length; i++) if (Number.isNaN(values[i]!)) vector.setItem(i, null)
  setNumbers(vector, values)
}

/** How a column is kept before it gets its own type. */
function stagedType({ kind, sql }: ChunkColumn['type']): string {
  const types = {
    boolean: 'BOOLEAN',
    double: 'DOUBLE',
    integer: sql === 'UBIGINT' ? 'UBIGINT' : 'BIGINT',
    text: 'VARCHAR',
  }
  return types[kind]
}

/** The predictions of a chunk as numbers, with a place for every row of the input. */
function placedScores({ chunk, kept, labels, probabilities }: ScoredChunk, classes: readonly Label[]) {
  const places = new Map(classes.map((label, place) => [label, place]))
  const codes = new Int32Array(chunk.rows).fill(-1)
  const scores = Array.from({ length: Math.max(1, classes.length) }, () => new Float64Array(chunk.rows))
  for (let i = 0; i < kept.length; i++) {
    const row = kept[i]!
    const label = labels[i]!
    codes[row] = places.get(label) ?? 0
    if (classes.length === 0) scores[0]![row] = Number(label)
    for (let k = 0; k < classes.length; k++) scores[k]![row] = probabilities[i * classes.length + k]!
  }
  return [codes, ...scores]
}

/** Rows scored so far, in a table with the state of the last commit as its comment. */
export async function stageRows({ session, staging, columns, added, joined }: StagingParts) {
  const { BIGINT, BOOLEAN, DOUBLE, DuckDBDataChunk, INTEGER, UBIGINT, VARCHAR } = await import(
    '@duckdb/node-api'
  )
  const known: Record<string, DuckDBType> = { BIGINT, BOOLEAN, DOUBLE, UBIGINT, VARCHAR }
  const all = [...columns, ...added]
  const numbers = Math.max(1, joined?.classes.length ?? 0)
  const types =
    joined === null
      ? all.map(({ type }) => known[stagedType(type)] ?? VARCHAR)
      : [INTEGER, ...new Array<DuckDBType>(numbers).fill(DOUBLE)]
  const table = sqlName(staging)
  const own = (value: PlainValue, column: ChunkColumn): DuckDBValue =>
    column.type.kind === 'integer' && typeof value === 'number' ? BigInt(value) : value
  let working = false

  /** Values of every staged column for the rows that were scored. */
  const valuesOf = ({ chunk, kept: rows, labels, probabilities }: ScoredChunk) => {
    const classes = added.length - 1
    const passed = columns.map((column, c): DuckDBValue[] | Float64Array => {
      const numbers = keptNumbers(chunk, column, c, rows)
      if (numbers !== null) return numbers
      const values = chunk.values[c]
      const plain: DuckDBValue[] = new Array(rows.length)
      for (let i = 0; i < rows.length; i++)
        plain[i] = own(plainValue(values?.[rows[i]!], column.type, chunk.textCells), column)
      return plain
    })
    const scores = added.map((column, a): DuckDBValue[] | Float64Array => {
      if (a === 0) return labels.map((label) => own(label, column))
      const numbers = new Float64Array(labels.length)
      for (let i = 0; i < labels.length; i++) numbers[i] = probabilities[i * classes + a - 1]!
      return numbers
    })
    return [...passed, ...scores]
  }

  /** One chunk of the database's own size for each part of the rows. */
  function* dataChunks(scored: ScoredChunk) {
    const placed = joined === null ? null : placedScores(scored, joined.classes)
    const values = joined === null ? valuesOf(scored) : []
    const rows = joined === null ? scored.rows : scored.chunk.rows
    for (let from = 0; from < rows; from += vectorRows) {
      const to = Math.min(from + vectorRows, rows)
      const chunk = DuckDBDataChunk.create(types, to - from)
      for (const [c, column] of values.entries()) {
        if (column instanceof Float64Array) {
          setNumbersOrNull(chunk.getColumnVector(c), column.subarray(from, to))
        } else {
          chunk.setColumnValues(c, column.slice(from, to))
        }
      }
      for (const [c, column] of (placed ?? []).entries()) {
        setNumbers(chunk.getColumnVector(c), column.subarray(from, to))
      }
      yield chunk
    }
  }

  return {
    async open(resume: boolean): Promise<string | null> {
      const [there] = await session.rows(
        `select comment from duckdb_tables() where table_name = ${sqlText(staging)} and not internal`,
      )
      if (resume && there !== undefined) return typeof there.comment === 'string' ? there.comment : null
      await session.run(`drop table if exists ${table}`)
      const names = types.map(
        (type, i) => `${joined !== null && i === 0 ? classColumn : `c${i}`} ${String(type)}`,
      )
      await session.run(`create table ${table} (${names.join(', ')})`)
      return null
    },
    async write(scored: ScoredChunk): Promise<void> {
      if (!working) await session.run('begin')
      working = true
      const appender = await session.connection.createAppender(staging)
      try {
        for (const chunk of dataChunks(scored)) appender.appendDataChunk(chunk)
      } finally {
        appender.closeSync()
      }
    },
    async commit(state: string): Promise<void> {
      if (!working) await session.run('begin')
      working = true
      await session.run(`comment on table ${table} is ${sqlText(state)}`)
      await session.run('commit')
      working = false
    },
    async settle(): Promise<void> {
      if (working) await session.run('commit')
      working = false
    },
    async rollback(): Promise<void> {
      if (working) await session.run('rollback').catch(() => {})
      working = false
    },
    /** The output's rows. */
    query(): string {
      if (joined === null) {
        const list = all.map(({ name, type }, i) => {
          const value = stagedType(type) === type.sql ? `c${i}` : `c${i}::${type.sql}`
          return `${value} as ${sqlName(name)}`
        })
        return `select ${list.join(', ')} from ${table}`
      }
      const { classes, relation } = joined
      const [prediction, ...probabilities] = added
      const label =
        prediction === undefined || classes.length === 0
          ? 's.c1'
          : `([${classes.map(labelSql).join(', ')}])[s.${classColumn} + 1]::${prediction.type.sql}`
      const list = [
        ...columns.map(({ name }) => `i.${sqlName(name)}`),
        `${label} as prediction`,
        ...probabilities.map(({ name }, k) => `s.c${k + 1} as ${sqlName(name)}`),
      ]
      return `select ${list.join(', ')} from ${relation} i positional join ${table} s where s.${classColumn} >= 0`
    },
  }
}
