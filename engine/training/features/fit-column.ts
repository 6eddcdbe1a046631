import { DuckDBVarCharVector } from '@duckdb/node-api'
import type { TimestampPart } from '../../../shared/features/calendar.ts'
import { createTokenPool } from '../../../shared/features/tokenize.ts'
import type { FeatureColumn } from '../choose-columns.ts'
import { fitCategorical } from './fit-categorical.ts'
import { fitNumbers, fitNumeric } from './fit-numeric.ts'
import { aggregates, type FitRows, requirePresent } from './fit-rows.ts'
import { acceptance, type FittedColumn } from './fitted-column.ts'
import { wordEdges } from './word-edges.ts'

const defaultTextWidth = 256

async function fitBoolean(rows: FitRows, column: string, feature: FeatureColumn): Promise<FittedColumn> {
  const { name, spec, trees } = feature
  const {
    present = 0,
    missing = 0,
    mean = 0,
    median = 0,
  } = await aggregates(
    rows,
    `count(${column})::double as present, count(*) filter (${column} is null)::double as missing,
     favg(${column}) as mean, median(${column})::double as median`,
  )
  requirePresent(name, present, missing)
  const impute = spec.impute ?? (trees ? 'none' : 'mostFrequent')
  const fills = {
    none: null,
    constant: Number(feature.fill ?? 0),
    mean: Number(mean.toPrecision(12)),
    median,
    mostFrequent: mean >= 0.5 ? 1 : 0,
  }
  return {
    encoder: {
      kind: 'boolean',
      name,
      fill: fills[impute],
      ...(spec.missingIndicator ? { indicator: true as const } : {}),
    },
    signature: { ...acceptance(feature, missing), type: 'boolean' },
    layout: { kind: 'categorical', name, categories: ['false', 'true'] },
  }
}

/** The parts that can tell rows apart: no year where there is one only, no hour where all are midnight. */
async function partsOf(rows: FitRows, column: string): Promise<TimestampPart[]> {
  const day = 86_400_000
  const { years = 1, hours = 1 } = await aggregates(
    rows,
    `approx_count_distinct(floor(${column} / (366 * ${day}.0)))::double as years,
     count(*) filter (${column} % ${day} <> 0)::double as hours`,
  )
  return [
    ...(years > 1 ? (['year'] as const) : []),
    'month',
    'day',
    'weekday',
    ...(hours > 0 ? (['hour'] as const) : []),
  ]
}

async function fitTimestamp(rows: FitRows, column: string, feature: FeatureColumn): Promise<FittedColumn> {
  const { name, spec, trees } = feature
  const { fill, signature, layout } = await fitNumbers(rows, column, feature)
  return {
    encoder: {
      kind: 'timestamp',
      name,
      parts: spec.parts ?? (await partsOf(rows, column)),
      cyclical: spec.cyclical ?? !trees,
      fill: fill === null ? null : Math.round(fill),
      ...(spec.missingIndicator ? { indicator: true as const } : {}),
    },
    signature: { ...signature, type: 'timestamp' },
    layout,
  }
}

/** Document frequencies by the very tokeniser that serves, over a stream: the texts are never all in memory. */
async function fitText(rows: FitRows, column: string, feature: FeatureColumn): Promise<FittedColumn> {
  const { name, spec } = feature
  const width = spec.width ?? defaultTextWidth
  const documents = new Float64Array(width)
  const lastSeen = new Int32Array(width).fill(-1)
  const lengths = new Map<number, number>()
  const pool = createTokenPool()
  let present = 0
  let missing = 0
  for await (const chunk of rows.session.stream(`select ${column} from ${rows.table} where ${rows.where}`)) {
    const vector = chunk.getColumnVector(0)
    if (!(vector instanceof DuckDBVarCharVector))
      throw new Error(`Column ${name} is no text in the snapshot.`)
    for (let r = 0; r < chunk.rowCount; r++) {
      const text = vector.getItem(r)
      if (text === null) {
        missing++
        continue
      }
      pool.reset()
      const count = pool.add(text, width)
      const tokens = pool.tokens()
      for (let t = 0; t < count; t++) {
        const input = tokens[t]!
        if (lastSeen[input] === present) continue
        lastSeen[input] = present
        documents[input] = documents[input]! + 1
      }
      lengths.set(count, (lengths.get(count) ?? 0) + 1)
      present++
    }
  }
  requirePresent(name, present, missing)
  const all = present + missing
  return {
    encoder: {
      kind: 'text',
      name,
      // scikit-learn's smoothed weight: as if one more document held every word.
      idf: Array.from(documents, (count) => Math.log((1 + all) / (1 + count)) + 1),
      ...(spec.missingIndicator ? { indicator: true as const } : {}),
    },
    signature: { ...acceptance(feature, missing), type: 'text' },
    layout: { kind: 'numeric', name, edges: wordEdges(lengths) },
  }
}

/** Fits one feature by aggregates over the training rows; nothing but its statistics leaves the database. */
export function fitColumn(rows: FitRows, column: string, feature: FeatureColumn): Promise<FittedColumn> {
  switch (feature.type) {
    case 'numeric':
      return fitNumeric(rows, column, feature)
    case 'boolean':
      return fitBoolean(rows, column, feature)
    case 'categorical':
      return fitCategorical(rows, column, feature)
    case 'timestamp':
      return fitTimestamp(rows, column, feature)
    case 'text':
      return fitText(rows, column, feature)
  }
}
