/** Rows that weigh nothing change no bit of a model: it comes out as if they had been left out. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { assemblePipeline } from '../../../shared/features/assemble-pipeline.ts'
import type { GbdtSpec } from '../../../shared/models/model-spec.ts'
import type { Task } from '../../../shared/signature/signature.ts'
import { seededRandom } from '../seeded-random.ts'
import type { Part } from '../trainer-messages.ts'
import { fitGbdt } from './fit-gbdt.ts'

const pipeline = assemblePipeline([
  { kind: 'numeric', name: 'a', impute: 'none', fill: null, scale: 'none', center: 0, factor: 1 },
  { kind: 'codes', name: 'c', categories: ['p', 'q', 'r', 's', 't', 'u'] },
])

interface Row {
  a: number
  c: number
  target: number
  weight: number
}

function partOf(rows: readonly Row[]): Part {
  return {
    rows: rows.length,
    columns: [Float64Array.from(rows, ({ a }) => a), Int32Array.from(rows, ({ c }) => c)],
    target: Float64Array.from(rows, ({ target }) => target),
    weights: Float64Array.from(rows, ({ weight }) => weight),
  }
}

const models: [Task, GbdtSpec][] = [
  ['binary', { kind: 'gbdt' }],
  ['binary', { kind: 'gbdt', subsample: 0.6, colsample: 0.5 }],
  ['binary', { kind: 'gbdt', classWeights: 'balanced' }],
  ['multiclass', { kind: 'gbdt' }],
  ['multiclass', { kind: 'gbdt', classWeights: { z: 0 } }],
  ['regression', { kind: 'gbdt' }],
  ['regression', { kind: 'gbdt', objective: 'absolute' }],
  ['regression', { kind: 'gbdt', objective: 'poisson', maxLeaves: 4 }],
]

function rowsOf(task: Task, count: number, random: () => number): Row[] {
  return Array.from({ length: count }, (_, i) => {
    const [a, c] = [random() < 0.1 ? Number.NaN : random() * 10, Math.floor(random() * 6)]
    const value = (a || 3) + c + random()
    const classes = task === 'binary' ? 2 : 3
    // Every class there is, whatever is drawn.
    const target = task === 'regression' ? value : i < classes ? i : Math.floor((value / 16) * classes)
    return { a, c, target, weight: 0.5 + random() }
  })
}

/** The same rows in the same order, with others among them that weigh nothing and lie where none of them does. */
function soiled(rows: readonly Row[], task: Task, share: number, random: () => number): Row[] {
  return rows.flatMap((row) => {
    const others: Row[] = []
    while (random() < share) {
      const target = task === 'regression' ? 1e30 : random() < 0.5 ? 0 : 1
      others.push({ a: random() * 12 - 1, c: Math.floor(random() * 6), target, weight: 0 })
    }
    return random() < 0.5 ? [...others, row] : [row, ...others]
  })
}

function fitted(task: Task, spec: GbdtSpec, train: readonly Row[], validation: readonly Row[]) {
  const model: GbdtSpec = { trees: 6, maxDepth: 3, maxBins: 16, minChildWeight: 0.1, patience: 2, ...spec }
  const classes = { regression: null, binary: ['x', 'y'], multiclass: ['x', 'y', 'z'] }[task]
  const target = { name: 't', sourceType: classes ? 'VARCHAR' : 'DOUBLE', ...(classes ? { classes } : {}) }
  const losses: (number | null)[] = []
  const json = fitGbdt(
    {
      signature: { version: 1, task, inputs: [], target },
      pipeline,
      model,
      seed: 4,
      train: partOf(train),
      validation: partOf(validation),
      test: partOf([]),
      keepRows: 0,
      threads: 1,
    },
    model,
    (epoch) => losses.push(epoch.loss, epoch.validationLoss ?? null),
  )
  return { json, losses }
}

test.each(models)(
  '%s %j: rows of weight 0 change no bit of the model, nor of what is told of it',
  (task, spec) => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.integer({ min: 3, max: 300 }),
        fc.double({ min: 0.1, max: 0.9, noNaN: true }),
        (seed, count, share) => {
          const random = seededRandom(seed)
          const [train, held] = [rowsOf(task, count, random), rowsOf(task, 40, random)]
          const found = fitted(
            task,
            spec,
            soiled(train, task, share, random),
            soiled(held, task, share, random),
          )
          expect(found).toEqual(fitted(task, spec, train, held))
        },
      ),
      { numRuns: 15 },
    )
  },
)

test('rows are read in pieces of any size, and a piece may hold more of them than the one before', () => {
  const random = seededRandom(1)
  const train = rowsOf('regression', 9000, random)
  const spec: GbdtSpec = { kind: 'gbdt', maxBins: 64 }
  const found = fitted('regression', spec, soiled(train, 'regression', 0.5, random), [])
  expect(found).toEqual(fitted('regression', spec, train, []))
})

test('rows to validate on that all weigh nothing are none', () => {
  const random = seededRandom(2)
  const train = rowsOf('binary', 100, random)
  const held = rowsOf('binary', 30, random).map((row) => ({ ...row, weight: 0 }))
  expect(fitted('binary', { kind: 'gbdt' }, train, held)).toEqual(
    fitted('binary', { kind: 'gbdt' }, train, []),
  )
})

test('training rows that weigh nothing together, by themselves and by their classes, are refused', () => {
  const train = rowsOf('binary', 50, seededRandom(3)).map((row) => ({ ...row, weight: row.target }))
  const classWeights = { x: 1, y: 0 }
  expect(() => fitted('binary', { kind: 'gbdt', classWeights }, train, [])).toThrow(
    'Every row that is trained on weighs 0 (50 rows), so there is nothing to learn from.',
  )
})
