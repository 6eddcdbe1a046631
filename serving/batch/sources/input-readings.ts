/** What DuckDB makes of the model's own columns, where no other use is made of them: numbers and places, never texts. */
import { dictionaryOf } from '../../../shared/features/dictionary.ts'
import type { Encoder, Pipeline } from '../../../shared/features/pipeline.ts'
import { readingOf } from '../../../shared/features/reading.ts'
import { sqlName, sqlText } from '../duckdb-session.ts'
import type { ChunkColumn } from '../row-chunk.ts'
import { codeReader, numberReader, type VectorReader } from './vector-values.ts'

export interface Reading {
  sql: string[]
  reader: VectorReader
}

/** Categories that DuckDB looks up by itself; more would make the query long. */
const mostCategories = 1_000

const integers = /^U?(TINYINT|SMALLINT|INTEGER|BIGINT)$/
const shortDecimal = /^DECIMAL\((\d|1[0-5]),\d+\)$/

/**
 * A reading to the same values as the row decoder has of the column's own; null where the decoder must see those,
 * because they do not fit or are texts.
 */
function typedReading({ name, type }: ChunkColumn, encoder: Encoder): Reading | null {
  const column = sqlName(name)
  switch (readingOf(encoder)) {
    case 'numeric':
      // A decimal of 15 digits is the quotient of two exact doubles, rounded once, as its text read as a number is.
      if (type.kind === 'double' || integers.test(type.sql) || shortDecimal.test(type.sql)) {
        return { sql: [`${column}::double`], reader: numberReader() }
      }
      return null
    case 'boolean':
      return type.sql === 'BOOLEAN' ? { sql: [`${column}::tinyint::double`], reader: numberReader() } : null
    case 'categorical': {
      const categories = dictionaryOf(encoder) ?? []
      if (type.sql !== 'VARCHAR' || categories.length === 0 || categories.length > mostCategories) return null
      // An enum's own texts are cast first; positions count from 1.
      const text = `${column}::varchar`
      const place = `coalesce(list_position([${categories.map(sqlText).join(', ')}], ${text}), 0)`
      return { sql: [place, `case when ${place} = 0 then ${text} end`], reader: codeReader(categories) }
    }
    default:
      return null
  }
}

/** The typed readings of a pipeline's columns, by name. */
export function typedReadings(
  columns: readonly ChunkColumn[],
  pipeline: Pipeline,
): ReadonlyMap<string, Reading> {
  const found = new Map<string, Reading>()
  for (const encoder of pipeline.columns) {
    const column = columns.find(({ name }) => name === encoder.name)
    const reading = column && typedReading(column, encoder)
    if (reading) found.set(encoder.name, reading)
  }
  return found
}
