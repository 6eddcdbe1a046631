import { expect, test } from 'vitest'
import { loadModel } from '../bundle/load-model.ts'
import { writeBundle } from '../testing/write-bundle.ts'
import { microsecondsPerRow } from './choose-scoring.ts'

test('recorded rows that the signature refuses are named, as nothing but a fault of the bundle', async () => {
  const bundle = await writeBundle('binary')
  try {
    const model = await loadModel(bundle.folder)
    expect(microsecondsPerRow(model)).toBeGreaterThan(0)
    const [row] = model.examples.rows
    const rows = [{ ...row, tenure: 'long' }]
    expect(() => microsecondsPerRow({ ...model, examples: { ...model.examples, rows } })).toThrow(
      expect.objectContaining({
        code: 'integrity',
        message:
          'The recorded rows of churn-3 do not fit its signature: row 1, column "tenure" of examples.json: expected a finite number, found the string "long".',
        whatToDo: 'Package the model version anew.',
      }),
    )
  } finally {
    await bundle.remove()
  }
})
