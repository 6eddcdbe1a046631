/** Names from data that every object has, such as `constructor`, are columns and classes like any other. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { examplesSchema } from '../../shared/bundle/manifest.ts'
import { pipelineSchema } from '../../shared/features/pipeline.ts'
import { compileRowDecoder } from '../../shared/signature/decode-rows.ts'
import { openTrainingBench, type TrainingBench } from './testing/training-bench.ts'

let bench: TrainingBench
beforeAll(async () => {
  bench = await openTrainingBench()
  await bench.sql(
    `create view odd as select tenure as "__proto__", plan as "constructor", score as "hasOwnProperty",
       case tier when 'low' then '__proto__' when 'middle' then 'constructor' else 'toString' end as "toString"
     from customers`,
  )
})
afterAll(() => bench.close())

const spec = JSON.parse(`{
  "from": "odd",
  "target": "toString",
  "features": { "columns": { "__proto__": { "impute": "constant", "fill": 9 } } },
  "model": { "kind": "logistic", "classWeights": { "__proto__": 0 } }
}`)

test('they train, and the recorded rows are read back as they were', async () => {
  const { record, files } = await bench.train(spec)
  expect(record.signature.inputs.map(({ name }) => name)).toEqual([
    '__proto__',
    'constructor',
    'hasOwnProperty',
  ])
  const text = (name: string) => new TextDecoder().decode(files.get(name))
  const pipeline = pipelineSchema.parse(JSON.parse(text('features.json')))
  expect(pipeline.columns[0]).toMatchObject({ name: '__proto__', fill: 9 })
  const examples = examplesSchema.parse(JSON.parse(text('examples.json')))
  expect(compileRowDecoder(record.signature, pipeline).records(examples.rows)).toMatchObject({ ok: true })
  // The class that weighs nothing is never predicted; the two that are not named weigh 1.
  expect(new Set(examples.predictions)).toEqual(new Set(['constructor', 'toString']))
})
