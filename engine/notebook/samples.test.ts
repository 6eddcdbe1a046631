/** The samples' notebooks are files as the workbench writes them, so that the first edit of one changes one cell. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { chartSpecSchema } from '../../shared/notebook/chart-spec.ts'
import { parseNotebook, serializeNotebook } from '../../shared/notebook/codec.ts'
import { trainSpecSchema } from '../../shared/notebook/train-spec.ts'

const samples = join(import.meta.dirname, '../../resources/samples')
const notebooks = ['churn', 'diamonds'].flatMap((workspace) =>
  readdirSync(join(samples, workspace))
    .filter((file) => file.endsWith('.ipynb'))
    .map((file) => `${workspace}/${file}`),
)

test.each(notebooks)('%s comes back byte for byte, and its cells decode', (path) => {
  const text = readFileSync(join(samples, path), 'utf8')
  const notebook = parseNotebook(text, path)
  expect(serializeNotebook(notebook)).toBe(text)
  const decoded = notebook.cells.flatMap(({ id, kind, source }) => {
    if (kind === 'train') return [{ id, ok: trainSpecSchema.safeParse(JSON.parse(source)).success }]
    return kind === 'chart' ? [{ id, ok: chartSpecSchema.safeParse(JSON.parse(source)).success }] : []
  })
  expect(decoded.filter(({ ok }) => !ok)).toEqual([])
  expect(decoded.length).toBeGreaterThan(0)
})

test('no two notebooks of a workspace define the same relation or register the same model', () => {
  for (const workspace of ['churn', 'diamonds']) {
    const names = notebooks
      .filter((path) => path.startsWith(`${workspace}/`))
      .flatMap((path) => parseNotebook(readFileSync(join(samples, path), 'utf8'), path).cells)
      .flatMap(({ kind, name, source }) => {
        if (kind === 'sql') return [`relation ${name}`]
        return kind === 'train' ? [`model ${trainSpecSchema.parse(JSON.parse(source)).register}`] : []
      })
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([])
  }
})
