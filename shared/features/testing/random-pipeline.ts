import { assemblePipeline } from '../assemble-pipeline.ts'
import { type Batch, missingCode, unseenCode } from '../batch.ts'
import type { Encoder, Pipeline } from '../pipeline.ts'

/** Numbers from 0 (included) to 1 (excluded). */
type Random = () => number

function pick<T>(random: Random, from: readonly T[]): T {
  return from[Math.floor(random() * from.length)]!
}

function number(random: Random): number {
  return random() < 0.1 ? 0 : (random() - 0.5) * 10 ** Math.floor(random() * 12 - 5)
}

function encoderOf(random: Random, name: string): Encoder {
  const categories = ['', '1', '001', 'Ålesund', 'a b', '💧'].slice(Math.floor(random() * 6))
  const fill = random() < 0.3 ? { fill: pick(random, categories) } : {}
  switch (pick(random, ['numeric', 'onehot', 'ordinal', 'codes', 'boolean'] as const)) {
    case 'numeric':
      return {
        kind: 'numeric',
        name,
        impute: 'median',
        fill: random() < 0.3 ? null : number(random),
        scale: 'standard',
        center: number(random),
        factor: Math.abs(number(random)) + 1e-3,
      }
    case 'onehot':
      return { kind: 'onehot', name, categories, missingInput: random() < 0.5, ...fill }
    case 'ordinal':
      return { kind: 'ordinal', name, categories, ...fill }
    case 'codes':
      return { kind: 'codes', name, categories }
    case 'boolean':
      return { kind: 'boolean', name, fill: random() < 0.3 ? null : random() }
  }
}

/** A pipeline of one to six encoders of any kind, their columns named `x0`, `x1`, … */
export function randomPipeline(random: Random): Pipeline {
  const columns = 1 + Math.floor(random() * 6)
  return assemblePipeline(Array.from({ length: columns }, (_, i) => encoderOf(random, `x${i}`)))
}

/** One to `maxRows` rows for a pipeline, missing and unseen values among them. */
export function randomBatch(random: Random, pipeline: Pipeline, maxRows: number): Batch {
  const rows = 1 + Math.floor(random() * maxRows)
  const columns = pipeline.columns.map((encoder) => {
    if (encoder.kind === 'numeric') {
      return new Float64Array(rows).map(() => (random() < 0.2 ? Number.NaN : number(random)))
    }
    if (encoder.kind === 'boolean') {
      return new Float64Array(rows).map(() => pick(random, [0, 1, Number.NaN]))
    }
    const codes = [missingCode, unseenCode, ...encoder.categories.keys()]
    return new Int32Array(rows).map(() => pick(random, codes))
  })
  return { rows, columns }
}
