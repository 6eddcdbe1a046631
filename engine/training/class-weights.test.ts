/** Class weights that cannot be are refused before anything is trained, each with its name. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { forChurn, forSpend, openTrainingBench, type TrainingBench } from './testing/training-bench.ts'

let bench: TrainingBench
beforeAll(async () => {
  bench = await openTrainingBench()
})
afterAll(() => bench.close())

const logistic = (classWeights: unknown) => ({ ...forChurn, model: { kind: 'logistic', classWeights } })

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
])('%s', async (_name, spec, message, way) => {
  await expect(bench.train(spec)).rejects.toMatchObject({
    code: 'invalid-input',
    path: 'model.classWeights',
    message: expect.stringMatching(message),
    whatToDo: expect.stringMatching(way),
  })
})
