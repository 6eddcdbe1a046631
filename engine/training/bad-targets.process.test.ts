/** What every kind of model does with targets that are not there, not finite or seen once. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Failure } from '../../shared/failure.ts'
import { forSpend, forTier, openTrainingBench, type TrainingBench } from './testing/training-bench.ts'

let bench: TrainingBench
beforeAll(async () => {
  bench = await openTrainingBench()
  const bad: [string, string][] = [
    ['not_a_number', `case when id % 100 = 7 then 'nan'::double else spend end`],
    ['null_target', 'case when id = 7 then null else spend end'],
    ['infinite', `case when id < 2 then '-inf'::double else spend end`],
  ]
  for (const [name, sql] of bad) {
    await bench.sql(`create view ${name} as select * replace (${sql} as spend) from customers`)
  }
  await bench.sql(
    `create view single as select * replace (case when id = 3 then 'single' else tier end as tier) from customers`,
  )
})
afterAll(() => bench.close())

const numberKinds = ['linear', 'mlp', 'gbdt'] as const
const classKinds = ['logistic', 'mlp', 'gbdt'] as const
/** Enough to end soon. */
const short = { linear: {}, logistic: {}, mlp: { epochs: 1, layers: [2] }, gbdt: { trees: 3 } }

describe('a number to predict', () => {
  for (const kind of numberKinds) {
    test(`${kind}: NaN, null and infinite targets are refused with how many there are`, async () => {
      const expected: [string, RegExp][] = [
        ['not_a_number', /Target "spend" is missing in 4 of 400 rows/],
        ['null_target', /Target "spend" is missing in 1 of 400 rows/],
        ['infinite', /"spend" has 2 infinite values/],
      ]
      for (const [from, message] of expected) {
        const ended: unknown = await bench
          .train({ ...forSpend, from, model: { kind, ...short[kind] } })
          .catch((error: unknown) => error)
        if (!(ended instanceof Failure)) throw ended
        expect(ended.message).toMatch(message)
        expect(ended.path).toBe('target')
      }
    })
  }
})

describe('a class seen once', () => {
  for (const kind of classKinds) {
    test(`${kind}: is refused by name where it cannot be split, and learned where it is trained on`, async () => {
      const spec = { ...forTier, from: 'single', model: { kind, ...short[kind] } }
      const ended: unknown = await bench.train(spec).catch((error: unknown) => error)
      if (!(ended instanceof Failure)) throw ended
      expect(ended.message).toMatch(/Class "single" of target "tier" has 1 row/)
      // This seed leaves the row among those that are trained on.
      const split = { method: 'random', test: 0.1, validation: 0, seed: 1 }
      const { record } = await bench.train({ ...spec, split })
      expect(record.signature.target.classes).toContain('single')
      for (const value of Object.values(record.metrics)) expect(Number.isFinite(value)).toBe(true)
    })
  }
})
