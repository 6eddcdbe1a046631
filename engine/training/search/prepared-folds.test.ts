/** Features of a fold are fitted on its own training rows: neither on those it tests on, nor on those of other folds. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { EncoderOf } from '../../../shared/features/pipeline.ts'
import { trainSpecSchema } from '../../../shared/notebook/train-spec.ts'
import { openData } from '../open-data.ts'
import { openTrainingBench, type TrainingBench } from '../testing/training-bench.ts'
import type { Part } from '../trainer-messages.ts'
import { openPreparedFolds, type PreparedFold } from './prepared-folds.ts'

let bench: TrainingBench
beforeAll(async () => {
  bench = await openTrainingBench()
  await bench.sql('create view weighed as select *, (id % 4 > 0)::integer as weight from customers')
})
afterAll(() => bench.close())

const columns = {
  score: { impute: 'mean', scale: 'standard' },
  tenure: { impute: 'median', scale: 'minmax' },
  plan: { encode: 'frequency' },
  tier: { encode: 'target' },
}

/** Every fold of a cross-validation by three. */
async function foldsOf(more: object): Promise<PreparedFold[]> {
  const own = await bench.database.session()
  try {
    const include = ['tenure', 'plan', 'score', 'tier']
    const spec = trainSpecSchema.parse({
      from: 'customers',
      target: 'spend',
      features: { include, columns },
      split: { validation: 0.2 },
      ...more,
    })
    const opened = await openData(own, spec, [], () => undefined)
    const asked = { folds: 3, seed: 1, rows: 'all', path: 'crossValidation' } as const
    const folds = await openPreparedFolds(own, opened, asked, 1e9, () => undefined)
    const prepared: PreparedFold[] = []
    for (let fold = 0; fold < 3; fold++) {
      prepared.push(await folds.use({ spec, seed: 1, fold, share: 1 }, async (one) => one))
    }
    return prepared
  } finally {
    own.close()
  }
}

function encoderOf<Kind extends 'numeric' | 'frequency' | 'target'>(
  { pipeline }: PreparedFold,
  name: string,
  kind: Kind,
): { encoder: EncoderOf<Kind>; place: number } {
  const place = pipeline.columns.findIndex((column) => column.name === name)
  const encoder = pipeline.columns[place]
  if (encoder?.kind !== kind) throw new Error(`"${name}" is not encoded as ${kind}.`)
  return { encoder: encoder as EncoderOf<Kind>, place }
}

/** The rows of a part that count. */
function rowsOf({ rows, weights }: Part): number[] {
  return Array.from({ length: rows }, (_, r) => r).filter((r) => (weights ? weights[r]! > 0 : true))
}

const meanOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length

function checkFold(fold: PreparedFold): void {
  const { train } = fold.parts
  const counted = rowsOf(train)
  const valuesOf = (place: number) => counted.map((r) => train.columns[place]![r]!)
  const present = (place: number) => valuesOf(place).filter((value) => !Number.isNaN(value))

  const score = encoderOf(fold, 'score', 'numeric')
  const scores = present(score.place)
  const mean = meanOf(scores)
  expect(score.encoder.fill).toBeCloseTo(mean, 9)
  expect(score.encoder.center).toBeCloseTo(mean, 9)
  const squares = scores.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  expect(1 / score.encoder.factor).toBeCloseTo(Math.sqrt(squares / counted.length), 9)

  const tenure = encoderOf(fold, 'tenure', 'numeric')
  const sorted = present(tenure.place).sort((a, b) => a - b)
  const middle = (sorted.length - 1) / 2
  expect(tenure.encoder.fill).toBe((sorted[Math.floor(middle)]! + sorted[Math.ceil(middle)]!) / 2)
  expect(tenure.encoder.center).toBe(sorted[0])

  const plan = encoderOf(fold, 'plan', 'frequency')
  const codes = valuesOf(plan.place)
  for (const [code, share] of plan.encoder.shares.entries()) {
    expect(share).toBeCloseTo(codes.filter((one) => one === code).length / codes.length, 12)
  }

  const tier = encoderOf(fold, 'tier', 'target')
  expect(tier.encoder.unseen[0]).toBeCloseTo(meanOf(counted.map((r) => train.target[r]!)), 8)
}

test('the statistics of a fold are those of its own training rows', async () => {
  const folds = await foldsOf({})
  for (const fold of folds) checkFold(fold)
  // Each row is tested on once, so the folds train on others and find other means.
  expect(folds.reduce((sum, { parts }) => sum + parts.test.rows, 0)).toBe(400)
  for (const { parts } of folds) {
    expect(parts.train.rows + parts.validation.rows + parts.test.rows).toBe(400)
    expect(parts.validation.rows).toBeGreaterThan(0)
  }
  expect(new Set(folds.map((fold) => encoderOf(fold, 'score', 'numeric').encoder.center)).size).toBe(3)
})

test('and where rows have weights, of those that weigh more than nothing', async () => {
  for (const fold of await foldsOf({ from: 'weighed', weight: 'weight' })) {
    const { train } = fold.parts
    expect(rowsOf(train).length).toBeLessThan(train.rows)
    checkFold(fold)
  }
})
