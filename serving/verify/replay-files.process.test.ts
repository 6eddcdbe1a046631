/** Catches a form of files whose predictions are not those of training, and one that nobody tried. */
import { afterEach, describe, expect, it } from 'vitest'
import { loadModel } from '../bundle/load-model.ts'
import { type WrittenBundle, writeBundle } from '../testing/write-bundle.ts'
import { compareOutcomes } from './compare.ts'
import { replayFiles } from './replay-files.ts'

let bundle: WrittenBundle | null = null
afterEach(() => bundle?.remove())

describe('recorded rows through files', () => {
  it.each(['binary', 'multiclass', 'regression'] as const)(
    'are as recorded in every form, %s',
    async (task) => {
      bundle = await writeBundle(task)
      const model = await loadModel(bundle.folder)
      expect(await replayFiles(model, 'own')).toEqual({
        passed: true,
        detail:
          'CSV, NDJSON, Arrow, Arrow stream, Parquet and DuckDB table, in and out: 40 rows, largest difference 0',
      })
    },
  )

  it.each([
    ['lent', ['CSV', 'NDJSON', 'Arrow', 'Arrow stream', 'Parquet', 'DuckDB table']],
    ['none', ['CSV', 'NDJSON', 'Arrow', 'Arrow stream', 'Parquet']],
  ] as const)('are told to differ by each form, to the last bit, DuckDB: %s', async (from, forms) => {
    bundle = await writeBundle('binary')
    const model = await loadModel(bundle.folder)
    const probabilities = model.examples.probabilities?.map((row) => [...row]) ?? []
    probabilities[3] = (probabilities[3] ?? []).map((p) => p * (1 + 2 ** -52))
    const examples = { ...model.examples, probabilities }
    const found = await replayFiles({ ...model, examples }, from)
    expect(found.passed).toBe(false)
    for (const [i, form] of forms.entries()) {
      for (const to of [form, forms[(i + 1) % forms.length]])
        expect(found.detail).toContain(`${form} into ${to}: 1 of 40 rows differ, largest difference 2.22e-16`)
    }
  })

  it('say whose DuckDB it was, and which forms were not tried without one', async () => {
    bundle = await writeBundle('binary')
    const model = await loadModel(bundle.folder)
    expect((await replayFiles(model, 'lent')).detail).toBe(
      "CSV, NDJSON, Arrow, Arrow stream, Parquet and DuckDB table, in and out: 40 rows, largest difference 0; DuckDB tables with the workbench's DuckDB, for this bundle carries none",
    )
    const { detail } = await replayFiles(model, 'none')
    expect(detail).toBe(
      'CSV, NDJSON, Arrow, Arrow stream and Parquet, in and out: 40 rows, largest difference 0; DuckDB tables were left out, for this bundle carries no DuckDB',
    )
  })
  it('differ where an output has no number, such as one without its column of probabilities', () => {
    const expected = { predictions: ['No'], probabilities: [[0.25, 0.75]] }
    const found = { predictions: ['No'], probabilities: [[0.25, Number.NaN]] }
    expect(compareOutcomes(expected, found)).toEqual({
      rows: 1,
      different: 1,
      largest: Number.POSITIVE_INFINITY,
    })
  })
})
