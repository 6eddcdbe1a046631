/** Reads kept rows as columns, by DuckDB; nothing becomes an object per row. */
import type { HeldOutColumn } from '../../shared/evaluation/evaluation-file.ts'
import { actualColumn, scoreColumn } from '../../shared/evaluation/evaluation-file.ts'
import { mostSlices } from '../../shared/evaluation/slices.ts'
import type { Batch } from '../../shared/features/batch.ts'
import type { Pipeline } from '../../shared/features/pipeline.ts'
import { literal, quote, type Session } from '../data/database.ts'
import { readRows } from '../training/read-part.ts'

/** Kept rows of one version: a Parquet file, or some of its rows in a temporary table `places (place, r)`. */
export interface HeldOutSource {
  path: string
  rows: number
  /** A table of the session with the columns `place` and `r` (the row's number in the file), to read just these. */
  places?: string
}

/** What the text encoder takes for a word; see shared/features/tokenize.ts. */
const wordPattern = '[\\p{L}\\p{N}_]{2,}'

function fromSql({ path, places }: HeldOutSource): string {
  const file = `read_parquet(${literal(path)}, file_row_number = true)`
  if (places === undefined) return `from ${file} order by file_row_number`
  return `from ${file} f join ${places} p on f.file_row_number = p.r order by p.place`
}

/** Columns of numbers by SQL expressions over the file; NaN where null. */
export async function readNumbers(
  session: Session,
  source: HeldOutSource,
  expressions: readonly string[],
): Promise<Float64Array[]> {
  const { numbers } = await readRows(
    session,
    null,
    { columns: [], numbers: expressions, from: fromSql(source) },
    source.rows,
  )
  return numbers
}

/** What the model reads, as it would from a request. The columns must be in the form that training gave them. */
export async function readFeatures(
  session: Session,
  source: HeldOutSource,
  pipeline: Pipeline,
): Promise<{ batch: Batch; actual: Float64Array }> {
  const columns = pipeline.columns.map((column) => quote(column.name))
  const { batch, numbers } = await readRows(
    session,
    pipeline,
    { columns, numbers: [actualColumn], from: fromSql(source) },
    source.rows,
  )
  return { batch, actual: numbers[0]! }
}

/** Targets and kept scores, row-major. */
export async function readScores(
  session: Session,
  source: HeldOutSource,
  outputs: number,
): Promise<{ actual: Float64Array; scores: Float64Array }> {
  const names = Array.from({ length: outputs }, (_, k) => scoreColumn(k))
  const [actual, ...columns] = await readNumbers(session, source, [actualColumn, ...names])
  if (outputs === 1) return { actual: actual!, scores: columns[0]! }
  const scores = new Float64Array(source.rows * outputs)
  columns.forEach((column, k) => {
    for (let r = 0; r < source.rows; r++) scores[r * outputs + k] = column[r]!
  })
  return { actual: actual!, scores }
}

/** The slice of each row by a column: values to bin, or the place of its value among the labels. */
export async function readSlices(session: Session, source: HeldOutSource, column: HeldOutColumn) {
  const name = quote(column.name)
  const { kind } = column
  if (kind === 'number' || kind === 'time' || kind === 'text') {
    // A feature is kept as the model reads it: a time as milliseconds.
    const time = column.role === 'feature' ? `${name} / 1000` : `epoch(try_cast(${name} as timestamp))`
    const value = {
      number: `try_cast(${name} as double)`,
      time,
      text: `length(regexp_extract_all(${name}, ${literal(wordPattern)}))`,
    }[kind]
    const [values] = await readNumbers(session, source, [value])
    return { kind: 'values' as const, values: values!, of: kind }
  }
  const value =
    column.kind === 'boolean'
      ? `case when try_cast(${name} as double) = 1 then 'true' when ${name} is not null then 'false' end`
      : `cast(${name} as varchar)`
  const counted = await session.rows(
    `select ${value} as v, count(*)::double as n from read_parquet(${literal(source.path)})
     where ${name} is not null group by 1 order by n desc, v limit ${mostSlices}`,
  )
  const values = counted.map((row) => String(row.v))
  const labels = [...values, 'other', 'missing']
  const found = `list_position([${values.map(literal).join(', ')}]::varchar[], ${value})`
  const [places] = await readNumbers(session, source, [
    `(case when ${name} is null then ${values.length + 1} else coalesce(${found} - 1, ${values.length}) end)::double`,
  ])
  return { kind: 'labels' as const, labels, slices: Int32Array.from(places!) }
}

/** Rows as a person reads them. Kept rows hold whole numbers as DOUBLE; a person reads 16, not 16.0. */
export async function readTexts(
  session: Session,
  path: string,
  columns: readonly string[],
  places: readonly number[],
): Promise<Record<string, string | null>[]> {
  const texts = columns.map((name) => {
    const text = `cast(${quote(name)} as varchar)`
    const number = `typeof(${quote(name)}) = 'DOUBLE'`
    return `case when ${number} then regexp_replace(${text}, '\\.0$', '') else ${text} end as ${quote(name)}`
  })
  const found = await session.rows(
    `select ${texts.join(', ')} from read_parquet(${literal(path)}, file_row_number = true)
     where file_row_number in (${places.join(', ')})
     order by list_position([${places.join(', ')}], file_row_number)`,
  )
  return found.map((row) =>
    Object.fromEntries(
      Object.entries(row).map(([name, value]) => [name, value === null ? null : String(value)]),
    ),
  )
}
