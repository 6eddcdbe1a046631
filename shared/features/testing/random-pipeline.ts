import { assemblePipeline } from '../assemble-pipeline.ts'
import { type Batch, type BatchColumn, missingCode, unseenCode } from '../batch.ts'
import { timestampParts } from '../calendar.ts'
import { dictionaryOf } from '../dictionary.ts'
import type { Encoder, Pipeline } from '../pipeline.ts'
import { readingOf } from '../reading.ts'
import { tokenPlace } from '../token-places.ts'
import { createTokenPool, type TokenPool } from '../tokenize.ts'

/** Numbers from 0 (included) to 1 (excluded). */
type Random = () => number

function pick<T>(random: Random, from: readonly T[]): T {
  return from[Math.floor(random() * from.length)]!
}

function number(random: Random): number {
  return random() < 0.1 ? 0 : (random() - 0.5) * 10 ** Math.floor(random() * 12 - 5)
}

function sorted(random: Random, count: number): number[] {
  return Array.from({ length: count }, () => number(random)).sort((a, b) => a - b)
}

export const encoderKinds = [
  'numeric',
  'bins',
  'onehot',
  'ordinal',
  'codes',
  'hashing',
  'frequency',
  'target',
  'boolean',
  'timestamp',
  'text',
] as const satisfies readonly Encoder['kind'][]

/** An encoder of one kind with settings drawn at random. */
export function randomEncoder(random: Random, kind: Encoder['kind'], name: string): Encoder {
  const categories = ['', '1', '001', 'Ålesund', 'a b', '💧'].slice(Math.floor(random() * 6))
  const category = random() < 0.3 ? { fill: pick(random, categories) } : {}
  const fill = random() < 0.3 ? null : number(random)
  const indicator = random() < 0.3 ? { indicator: true as const } : {}
  const draw = () => random()
  switch (kind) {
    case 'numeric': {
      const common = {
        kind,
        name,
        fill,
        ...indicator,
        center: number(random),
        factor: Math.abs(number(random)) + 1e-3,
      }
      const impute = 'median'
      switch (pick(random, ['standard', 'log1p', 'yeoJohnson', 'quantile'] as const)) {
        case 'log1p':
          return { ...common, impute, scale: 'log1p', least: random() }
        case 'yeoJohnson':
          return { ...common, impute, scale: 'yeoJohnson', lambda: pick(random, [0, 2, random() * 4 - 1]) }
        case 'quantile': {
          const distribution = pick(random, ['uniform', 'normal'] as const)
          return { ...common, impute, scale: 'quantile', distribution, quantiles: sorted(random, 7) }
        }
        default:
          return { ...common, impute, scale: 'standard' }
      }
    }
    case 'bins':
      return {
        kind,
        name,
        fill,
        edges: sorted(random, 5),
        output: pick(random, ['onehot', 'ordinal']),
        ...indicator,
      }
    case 'onehot': {
      const rare = random() < 0.5 ? { rare: ['rare', 'rarer'], otherInput: true } : {}
      return { kind, name, categories, missingInput: random() < 0.5, ...rare, ...category }
    }
    case 'ordinal':
      return { kind, name, categories, ...category, ...indicator }
    case 'codes':
      return { kind, name, categories, ...indicator }
    case 'hashing':
      return { kind, name, categories, width: 2 + Math.floor(random() * 5), ...indicator }
    case 'frequency':
      return { kind, name, categories, shares: categories.map(draw), missing: random(), ...indicator }
    case 'target': {
      const classes = random() < 0.5 ? ['a', 'b', 'c'] : null
      const outputs = classes?.length ?? 1
      const table = (blocks: number) =>
        Array.from({ length: blocks * (categories.length + 1) * outputs }, draw)
      return {
        kind,
        name,
        categories,
        ...(classes ? { classes } : {}),
        values: table(1),
        unseen: Array.from({ length: outputs }, draw),
        ...(random() < 0.5 ? { folds: table(3) } : {}),
        ...indicator,
      }
    }
    case 'boolean':
      return { kind, name, fill: random() < 0.3 ? null : random(), ...indicator }
    case 'timestamp':
      return {
        kind,
        name,
        parts: timestampParts.filter(() => random() < 0.5).concat('weekday'),
        cyclical: random() < 0.5,
        fill: fill === null ? null : Math.round(fill),
        ...indicator,
      }
    case 'text':
      return { kind, name, idf: Array.from({ length: 5 }, draw), ...indicator }
  }
}

/** A pipeline of one to six encoders of any kind, their columns named `x0`, `x1`, …, and at times a product of two. */
export function randomPipeline(random: Random): Pipeline {
  const columns = 1 + Math.floor(random() * 6)
  const encoders = Array.from({ length: columns }, (_, i) =>
    randomEncoder(random, pick(random, encoderKinds), `x${i}`),
  )
  const pairs: [number, number][] = columns > 1 && random() < 0.4 ? [[0, columns - 1]] : []
  return assemblePipeline(encoders, pairs)
}

const words = ['red', 'green', 'Blue', 'x', 'größe', '東京', 'red']

function randomColumn(random: Random, encoder: Encoder, rows: number, pool: TokenPool): BatchColumn {
  switch (readingOf(encoder)) {
    case 'numeric':
      return new Float64Array(rows).map(() => (random() < 0.2 ? Number.NaN : number(random)))
    case 'boolean':
      return new Float64Array(rows).map(() => pick(random, [0, 1, Number.NaN]))
    case 'timestamp':
      return new Float64Array(rows).map(() =>
        random() < 0.2 ? Number.NaN : Math.floor((random() - 0.3) * 4e12),
      )
    case 'text':
      return new Float64Array(rows).map(() => {
        if (random() < 0.2) return Number.NaN
        const text = Array.from({ length: Math.floor(random() * 6) }, () => pick(random, words)).join(' ')
        const start = pool.length()
        return tokenPlace(start, encoder.kind === 'text' ? pool.add(text, encoder.idf.length) : 0)
      })
    case 'categorical': {
      const known = dictionaryOf(encoder)?.length ?? 0
      const beyond =
        encoder.kind === 'hashing'
          ? 2 * encoder.width
          : encoder.kind === 'target' && encoder.folds
            ? 1 + 3 * (known + 1)
            : 0
      const codes = [missingCode, unseenCode, ...Array(known + beyond).keys()]
      return new Int32Array(rows).map(() => pick(random, codes))
    }
  }
}

/** One to `maxRows` rows for a pipeline, missing and unseen values among them. */
export function randomBatch(random: Random, pipeline: Pipeline, maxRows: number): Batch {
  const rows = 1 + Math.floor(random() * maxRows)
  const pool = createTokenPool()
  const columns = pipeline.columns.map((encoder) => randomColumn(random, encoder, rows, pool))
  return { rows, columns, tokens: pool.tokens() }
}
