/** `spend` has a standard deviation of 63; single-precision numbers are 0.06 apart at a million, 1 at ten million. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { forSpend, openTrainingBench, type TrainingBench } from './testing/training-bench.ts'

let bench: TrainingBench
beforeAll(async () => {
  bench = await openTrainingBench()
  for (const from of [1e6, 1e7, 1e15])
    await bench.sql(
      `create view from_${from} as select * replace (${from}::double + spend as spend) from customers`,
    )
})
afterAll(() => bench.close())

const warningsOf = async (from: number, model: object) => {
  const { record } = await bench.train({ ...forSpend, from: `from_${from}`, model })
  return (record.warnings ?? []).filter(({ kind }) => kind === 'precision')
}
const trees = { kind: 'gbdt', trees: 5 }
const linear = { kind: 'linear' }

test('a target whose values single precision tells apart is nothing to warn of', async () => {
  expect(await warningsOf(1e6, trees)).toEqual([])
  expect(await warningsOf(1e7, linear)).toEqual([])
})

test('trees, which add up in steps, are warned of before models that round once', async () => {
  expect(await warningsOf(1e7, trees)).toHaveLength(1)
  for (const model of [trees, linear]) {
    expect(await warningsOf(1e15, model)).toEqual([
      {
        kind: 'precision',
        message: expect.stringMatching(
          /^Target "spend" goes from 1,000,000,000,000,000(\.\d+)? to 1,000,000,000,000,23\d(\.\d+)?, with a standard deviation of \d+\.\d; predictions are in single precision, whose numbers are 67,108,864 apart there\.$/,
        ),
        whatToDo: expect.stringMatching(
          /^Subtract in the SQL cell what all values have in common, such as "spend" - 1000000000000000(\.\d+)? as "spend", and add it to the predictions\.$/,
        ),
      },
    ])
  }
})
