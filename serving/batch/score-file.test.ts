import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type LoadedModel, loadModel } from '../bundle/load-model.ts'
import { type WrittenBundle, writeBundle } from '../testing/write-bundle.ts'
import { scoreFile } from './score-file.ts'

let bundle: WrittenBundle
let model: LoadedModel
let folder: string
beforeAll(async () => {
  bundle = await writeBundle('multiclass')
  model = await loadModel(bundle.folder)
  folder = await mkdtemp(join(os.tmpdir(), 'slipway-score-'))
})
afterAll(async () => {
  await bundle.remove()
  await rm(folder, { recursive: true, force: true })
})

const objects = async (path: string): Promise<Record<string, unknown>[]> =>
  (await readFile(path, 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))

describe('scoring a file', () => {
  it('passes every column through in order and adds the prediction and a probability per class', async () => {
    const { rows, predictions, probabilities } = bundle.sample
    const input = join(folder, 'a.ndjson')
    const output = join(folder, 'a-out.ndjson')
    await writeFile(input, rows.map((row, i) => `${JSON.stringify({ id: `00${i}`, ...row })}\n`).join(''))
    expect(await scoreFile(model, input, output)).toBe(rows.length)
    expect(await objects(output)).toEqual(
      rows.map((row, i) => ({
        id: `00${i}`,
        ...row,
        prediction: predictions[i],
        probability_1: probabilities?.[i]?.[0],
        probability_2: probabilities?.[i]?.[1],
        probability_3: probabilities?.[i]?.[2],
      })),
    )
  })

  it('scores more rows than it holds at once, in order', async () => {
    const { rows, predictions } = bundle.sample
    const count = 10_001
    const input = join(folder, 'many.ndjson')
    const output = join(folder, 'many.csv')
    await writeFile(
      input,
      Array.from({ length: count }, (_, i) => `${JSON.stringify(rows[i % rows.length])}\n`).join(''),
    )
    expect(await scoreFile(model, input, output)).toBe(count)
    const again = join(folder, 'again.ndjson')
    await writeFile(
      join(folder, 'plain.csv'),
      (await readFile(output, 'utf8')).replaceAll('prediction', 'was').replaceAll('probability_', 'p_'),
    )
    expect(await scoreFile(model, join(folder, 'plain.csv'), again)).toBe(count)
    const found = (await objects(again)).map((row) => row.prediction)
    expect(found).toEqual(Array.from({ length: count }, (_, i) => predictions[i % rows.length]))
  })

  it('names the line and the column of a bad value, and leaves no output behind', async () => {
    const header = 'tenure,charges,contract,payment,partner'
    const cases: [string, string, RegExp][] = [
      ['value.csv', `${header}\n1,2,One year,001,1\nx,2,One year,001,1\n`, /line 3, column "tenure".*"x"/],
      ['cells.csv', `${header}\n1,2\n`, /line 2: 2 cells where the header has 5/],
      ['column.csv', 'tenure,charges\n1,2\n', /Required columns are missing: "contract"/],
      ['clash.csv', `${header},prediction\n1,2,One year,001,1,x\n`, /"prediction" already/],
      ['empty.csv', '', /no header line/],
      ['quote.csv', `${header}\n"1,2`, /inside a quoted cell/],
      ['json.ndjson', '{"tenure":1}\n{', /line 2/],
      ['rows.ndjson', '[1]\n', /line 1: expected a JSON object/],
      ['kind.txt', '', /extension "\.txt"/],
    ]
    for (const [name, text, message] of cases) {
      await writeFile(join(folder, name), text)
      await expect(scoreFile(model, join(folder, name), join(folder, 'bad-out.csv'))).rejects.toThrow(message)
    }
    expect((await readdir(folder)).filter((name) => name.startsWith('bad-out'))).toEqual([])
  })
})
