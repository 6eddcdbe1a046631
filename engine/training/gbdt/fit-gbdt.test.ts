/** Trees know of classes' weights by the weights of the rows alone. */
import { expect, test } from 'vitest'
import { assemblePipeline } from '../../../shared/features/assemble-pipeline.ts'
import type { GbdtSpec } from '../../../shared/models/model-spec.ts'
import { seededRandom } from '../seeded-random.ts'
import type { Part, TrainerInput } from '../trainer-messages.ts'
import { fitGbdt } from './fit-gbdt.ts'

const numeric = { kind: 'numeric', impute: 'none', fill: null, scale: 'none', center: 0, factor: 1 } as const
const pipeline = assemblePipeline([
  { ...numeric, name: 'a' },
  { ...numeric, name: 'b' },
])

/** Three classes, the last one rare; each row weighs what its class does, times `own`. */
function partOf(rows: number, seed: number, byClass: readonly number[] | null, own = 1): Part {
  const random = seededRandom(seed)
  const [a, b] = [new Float64Array(rows), new Float64Array(rows)]
  const target = new Float64Array(rows)
  for (let r = 0; r < rows; r++) {
    a[r] = random()
    b[r] = random()
    target[r] = a[r]! + 0.3 * random() > 1.1 ? 2 : b[r]! > 0.5 ? 1 : 0
  }
  const weights = byClass && Float64Array.from(target, (k) => own * byClass[k]!)
  return { rows, columns: [a, b], target, ...(weights ? { weights } : {}) }
}

function fitted(more: Partial<GbdtSpec>, byClass: readonly number[] | null, own = 1): string {
  const model: GbdtSpec = { kind: 'gbdt', trees: 4, maxDepth: 3, ...more }
  const target = { name: 'y', sourceType: 'VARCHAR', classes: ['x', 'y', 'z'] }
  const input: TrainerInput = {
    signature: { version: 1, task: 'multiclass', inputs: [], target },
    pipeline,
    model,
    seed: 1,
    train: partOf(300, 1, byClass, own),
    validation: partOf(60, 2, byClass, own),
    test: partOf(0, 3, null),
    keepRows: 0,
    threads: 1,
  }
  return fitGbdt(input, model, () => undefined)
}

test('weights of classes are those of their rows', () => {
  const classWeights = { x: 1, y: 0.5, z: 8 }
  expect(fitted({ classWeights }, null)).toBe(fitted({}, [1, 0.5, 8]))
  expect(fitted({ classWeights }, null)).not.toBe(fitted({}, null))
})

test('they come on top of the rows’ own, and balanced ones give every class the same total', () => {
  expect(fitted({ classWeights: { z: 8 } }, [2, 2, 2])).toBe(fitted({}, [1, 1, 8], 2))
  const counts = [0, 0, 0]
  for (const k of partOf(300, 1, null).target) counts[k] = (counts[k] ?? 0) + 1
  const balanced = counts.map((count) => 300 / (3 * count))
  expect(fitted({ classWeights: 'balanced' }, null)).toBe(fitted({}, balanced))
})

test('a count below zero is refused where it counts', () => {
  const rows = partOf(40, 1, null)
  const counting = (weight: number) => {
    const train = {
      ...rows,
      target: rows.target.map((count, r) => (r === 3 ? -1 : count)),
      weights: rows.target.map((_, r) => (r === 3 ? weight : 1)),
    }
    const model: GbdtSpec = { kind: 'gbdt', trees: 2, objective: 'poisson' }
    const signature = {
      version: 1 as const,
      task: 'regression' as const,
      inputs: [],
      target: { name: 'y', sourceType: 'INTEGER' },
    }
    const [validation, test] = [partOf(0, 2, []), partOf(0, 3, null)]
    return () =>
      fitGbdt(
        { signature, pipeline, model, seed: 1, train, validation, test, keepRows: 0, threads: 1 },
        model,
        () => undefined,
      )
  }
  expect(counting(1)).toThrow(/"poisson" counts; target "y" goes down to -1/)
  expect(counting(0)()).toContain('count:poisson')
})
