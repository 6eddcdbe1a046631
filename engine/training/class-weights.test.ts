/** Class weights that cannot be are refused before anything is trained, each with its name. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { forChurn, forSpend, openTrainingBench, type TrainingBench } from './testing/training-bench.ts'

let bench: TrainingBench
beforeAll(async () => {
  bench = await openTrainingBench()
})
afterAll(() => bench.close())

const logistic = (classWeights: unknown) => ({ ...forChurn, model: { kind: 'logistic', classWeights } })
const trees = (more: object) => ({ ...forChurn, model: { kind: 'gbdt', trees: 3, maxDepth: 2, ...more } })

test.each([
  [
    'a class that is none',
    logistic({ maybe: 2 }),
    /classWeights names the class "maybe", which target "churned" does not have; it has false, true/,
    /names of its classes/,
  ],
  [
    'zero for all but one class',
    logistic({ true: 0 }),
    /classWeights leaves fewer than two classes with a weight above 0/,
    /at least two classes/,
  ],
  [
    'a regression',
    { ...forSpend, task: 'regression', model: { kind: 'mlp', classWeights: 'balanced' } },
    /takes "classWeights" for classes only, but target "spend" makes this a regression/,
    /Leave out "classWeights"/,
  ],
  [
    'a class that is none, of trees',
    trees({ classWeights: { maybe: 2 } }),
    /classWeights names the class "maybe"/,
    /names of its classes/,
  ],
  [
    'a regression by trees',
    { ...forSpend, model: { kind: 'gbdt', classWeights: 'balanced' } },
    /Model "gbdt" takes "classWeights" for classes only/,
    /Leave out "classWeights"/,
  ],
  [
    'a class that is none, among those that a search tries',
    {
      ...trees({}),
      search: { method: 'grid', parameters: { 'model.classWeights': ['balanced', { maybe: 2 }] } },
    },
    /^search\.parameters: "model\.classWeights": \{"maybe":2\} cannot be tried\. classWeights names the class "maybe"/,
    /names of its classes/,
  ],
])('%s', async (_name, spec, message, way) => {
  await expect(bench.train(spec)).rejects.toMatchObject({
    code: 'invalid-input',
    path: expect.stringMatching(/^(search\.parameters\.)?model\.classWeights$/),
    message: expect.stringMatching(message),
    whatToDo: expect.stringMatching(way),
  })
})

test('trees find more of the rarer class the more it weighs', async () => {
  const recalls = []
  for (const classWeights of [{ true: 0.2 }, undefined, { true: 5 }]) {
    const { record } = await bench.train(trees(classWeights ? { classWeights } : {}))
    recalls.push(record.metrics.recall ?? -1)
  }
  expect(recalls[0]).toBeLessThan(recalls[2] ?? 0)
  expect([...recalls].sort((a, b) => a - b)).toEqual(recalls)
})
