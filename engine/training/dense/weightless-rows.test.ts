/** Rows that weigh nothing change nothing: every dense model comes out as if they had been left out. */
import { describe, expect, test } from 'vitest'
import { assemblePipeline } from '../../../shared/features/assemble-pipeline.ts'
import type { DenseModelSpec } from '../../../shared/models/dense-spec.ts'
import { readDenseModel } from '../../../shared/models/parse-dense-model.ts'
import type { Task } from '../../../shared/signature/signature.ts'
import { seededRandom } from '../seeded-random.ts'
import type { Part } from '../trainer-messages.ts'
import { fitDense } from './fit-dense.ts'
import { fitTargetScale } from './target-scale.ts'

const pipeline = assemblePipeline(
  ['a', 'b'].map((name) => ({
    kind: 'numeric',
    name,
    impute: 'mean',
    fill: 0,
    scale: 'none',
    center: 0,
    factor: 1,
  })),
)

interface Row {
  inputs: [number, number]
  target: number
  weight: number
}

function partOf(rows: readonly Row[]): Part {
  return {
    rows: rows.length,
    columns: [0, 1].map((c) => Float64Array.from(rows, ({ inputs }) => inputs[c]!)),
    target: Float64Array.from(rows, ({ target }) => target),
    weights: Float64Array.from(rows, ({ weight }) => weight),
  }
}

/** Counted rows of a task whose target follows from the inputs. */
function countedRowsOf(task: Task, count: number, seed: number): Row[] {
  const random = seededRandom(seed)
  return Array.from({ length: count }, () => {
    const inputs: [number, number] = [100 + 20 * random(), random()]
    const value = 3 * inputs[0] - 40 * inputs[1] + random()
    const target = task === 'regression' ? value : value > 310 ? 1 : 0
    return { inputs, target, weight: 0.5 + random() }
  })
}

/** After each row one that weighs nothing and says what nobody should hear. */
function soiled(rows: readonly Row[], task: Task): Row[] {
  const target = task === 'regression' ? 1e6 : 1
  return rows.flatMap((row): Row[] => [row, { inputs: [-1e5, 7e3], target, weight: 0 }])
}

async function fitted(task: Task, model: DenseModelSpec, train: readonly Row[], validation: readonly Row[]) {
  const losses: number[] = []
  const target = { name: 'y', sourceType: 'DOUBLE', ...(task === 'binary' ? { classes: [0, 1] } : {}) }
  const made = await fitDense(
    {
      signature: { version: 1, task, inputs: [], target },
      pipeline,
      model,
      seed: 5,
      train: partOf(train),
      validation: partOf(validation),
      test: partOf([]),
      keepRows: 0,
      threads: 1,
    },
    model,
    {
      onStart: () => undefined,
      onEpoch: ({ loss, validationLoss }) => losses.push(loss, validationLoss ?? -1),
    },
  )
  const { layers } = readDenseModel(made.json, made.weights)
  return { layers: layers.map(({ kernel, bias }) => [...kernel, ...bias]), losses }
}

const models: [string, Task, DenseModelSpec][] = [
  ['linear, solved outright', 'regression', { kind: 'linear' }],
  ['linear, by iterations', 'regression', { kind: 'linear', epochs: 30 }],
  ['linear, by minibatches', 'regression', { kind: 'linear', batchSize: 16, epochs: 5 }],
  ['logistic, by iterations', 'binary', { kind: 'logistic' }],
  ['logistic, by minibatches', 'binary', { kind: 'logistic', batchSize: 16, epochs: 5 }],
  ['mlp', 'regression', { kind: 'mlp', layers: [8], epochs: 5 }],
  ['mlp with batch normalisation', 'regression', { kind: 'mlp', layers: [8], epochs: 5, batchNorm: true }],
  ['mlp of classes', 'binary', { kind: 'mlp', layers: [8], epochs: 5 }],
]

describe.each(models)('%s', (_, task, model) => {
  const train = countedRowsOf(task, 80, 1)
  const validation = countedRowsOf(task, 30, 2)

  /** Equal but for the last digits of float32, which sums over more rows may turn. */
  function expectSame(found: Awaited<ReturnType<typeof fitted>>, expected: typeof found) {
    for (const key of ['layers', 'losses'] as const) {
      const [one, other] = [found[key].flat(), expected[key].flat()]
      expect(one.length).toBe(other.length)
      for (const [i, value] of other.entries()) {
        expect(Math.abs(one[i]! - value)).toBeLessThanOrEqual(1e-5 * Math.max(1, Math.abs(value)))
      }
    }
  }

  test('rows that weigh nothing change nothing', async () => {
    const found = await fitted(task, model, soiled(train, task), soiled(validation, task))
    expectSame(found, await fitted(task, model, train, validation))
  })

  test('nor do they where only rows to validate on weigh nothing, some or all of them', async () => {
    const found = await fitted(task, model, train, soiled(validation, task))
    expectSame(found, await fitted(task, model, train, validation))
    const weightless = validation.map((row) => ({ ...row, weight: 0 }))
    expectSame(await fitted(task, model, train, weightless), await fitted(task, model, train, []))
  })
})

test('the scale of a target is its weighted mean and deviation', () => {
  const train = { rows: 3, target: Float64Array.of(1, 5, 1e9), weights: Float64Array.of(3, 1, 0) }
  expect(fitTargetScale('regression', train)).toEqual({ mean: 2, deviation: Math.sqrt(3) })
})
