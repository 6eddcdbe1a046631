/** ONNX models from Python come into the catalog and predict there what they predict in Python. */
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { baselineSchema } from '../../shared/drift/baseline.ts'
import type { Catalog } from '../catalog/catalog.ts'
import { createCatalog } from '../catalog/create-catalog.ts'
import { introspect } from '../catalog/introspect.ts'
import { type Database, openDatabase } from '../data/database.ts'
import { createEvaluation } from '../evaluation/create-evaluation.ts'
import { scoreRows } from '../scoring/score-rows.ts'
import { loadScoredVersion } from '../scoring/scored-version.ts'
import { createTasks } from '../tasks.ts'
import { createImports } from './create-imports.ts'
import recorded from './fixtures/onnx-imports.json' with { type: 'json' }
import type { ImportRequest, Imports } from './imports.ts'

const fixtures = join(import.meta.dirname, 'fixtures', 'onnx')
const names = ['length', 'width', 'depth', 'weight']
type Row = Record<string, unknown>

let folder: string
let database: Database
let catalog: Catalog
let imports: Imports
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-onnx-'))
  database = await openDatabase(':memory:', folder)
  catalog = createCatalog({ folder: join(folder, 'catalog') })
  imports = createImports({ database, catalog, workspaceFolder: folder, slipwayVersion: '0.0.1' })
})
afterEach(async () => {
  database.close()
  await rm(folder, { recursive: true, force: true })
})

const importing = (name: string, more: Partial<ImportRequest> = {}) =>
  imports.import({ file: join(fixtures, `${name}.onnx`), shown: `${name}.onnx`, name: 'model', ...more })

const fileOf = (path: string) => readFile(join(catalog.folder('model', 1), path), 'utf8')

function recordedCase(name: string) {
  const found = recorded.cases.find((one) => one.name === name)
  if (!found) throw new Error(`There is no recorded model ${name}.`)
  return { ...found, rows: found.rows as Row[] }
}

async function dataFile(rows: readonly Row[]): Promise<string> {
  const file = join(folder, 'sample.ndjson')
  await writeFile(file, rows.map((row) => JSON.stringify(row)).join('\n'))
  return file
}

/** What cannot be read off the file. */
const choices: Record<string, Partial<ImportRequest>> = {
  forest: { columns: names },
  network: { columns: names },
  missing: { columns: names },
  'never-missing': { columns: names },
  'torch-softmax': { columns: names, classes: ['a', 'b', 'c'] },
  'torch-one-row': { columns: names, classes: ['no', 'yes'] },
}

test.each(recorded.cases.map(({ name }) => name))(
  '%s: predictions are those of Python, to single precision, and every test of the version passes',
  async (name) => {
    const { rows, expected, labels } = recordedCase(name)
    const version = await importing(name, choices[name])
    const { signature, provenance } = version
    expect(provenance.imported).toMatchObject({ format: 'onnx', rows: 'made' })
    const scored = await loadScoredVersion(catalog, 'model')
    const answers = await scoreRows(scored, rows)
    const classes = signature.target.classes?.map(String)
    let apart = 0
    answers.forEach(({ prediction, probabilities }, row) => {
      const wanted = expected[row]!
      const full = classes?.length === 2 && wanted.length === 1 ? [1 - wanted[0]!, wanted[0]!] : wanted
      const found = classes ? classes.map((label) => probabilities?.[label]) : [prediction]
      found.forEach((value, k) => {
        const size = Math.max(1, Math.abs(full[k]!))
        apart = Math.max(apart, Math.abs(Number(value) - full[k]!) / size)
      })
      if (labels) expect(prediction).toBe(labels[row])
    })
    expect(apart).toBeLessThanOrEqual(1e-6)
    // One by one, the very same bits.
    const alone = await Promise.all(rows.map((row) => scoreRows(scored, [row])))
    expect(alone.flat()).toEqual(answers)
    scored.close()
    const tests = await introspect(version, catalog.folder('model', 1))
    expect(tests.filter(({ status }) => status === 'Failed')).toEqual([])
  },
)

test('the signature is read from the graph, and the file is kept as it is', async () => {
  const { signature, provenance } = await importing('logistic-maps', { target: 'churn' })
  expect(signature.target).toEqual({ name: 'churn', sourceType: 'VARCHAR', classes: ['leaves', 'stays'] })
  expect(signature.inputs).toMatchObject([
    { name: 'tenure', type: 'numeric', integer: true, missing: false, required: true },
    { name: 'charges', type: 'numeric', missing: true },
    { name: 'contract', type: 'categorical', values: ['month', 'one year', 'two years'], missing: true },
    { name: 'partner', type: 'boolean', missing: false },
  ])
  expect(provenance.imported?.producer).toBe(`skl2onnx ${recorded.skl2onnx}`)
  const kept = await readFile(join(catalog.folder('model', 1), 'model/model.onnx'))
  expect(kept.equals(await readFile(join(fixtures, 'logistic-maps.onnx')))).toBe(true)
})

test('trees take a missing number only where they learned what to do with one', async () => {
  const missing = async (name: string) => {
    const { signature } = await importing(name, { columns: names })
    return signature.inputs.map((column) => column.missing)
  }
  expect(await missing('missing')).toEqual([true, true, true, true])
  expect(await missing('never-missing')).toEqual([false, false, false, false])
})

test('with data its columns, ranges, classes and metrics come from it', async () => {
  const { rows, labels } = recordedCase('forest')
  const data = await dataFile(rows.map((row, i) => ({ ...row, bird: labels![i] })))
  const version = await importing('forest', { data, target: 'bird' })
  expect(version.signature.inputs.map(({ name }) => name)).toEqual(names)
  expect(version.metrics).toMatchObject({ accuracy: 1 })
  const lengths = rows.map((row) => Number(row.length))
  expect(version.signature.inputs[0]).toMatchObject({ min: Math.min(...lengths), max: Math.max(...lengths) })
  const baseline = baselineSchema.parse(JSON.parse(await fileOf('baseline.json')))
  expect([baseline.rows, baseline.heldOutRows]).toEqual([40, 40])
})

test('rows with answers are kept for the evaluation, whose thread runs the graph as well', async () => {
  const { rows, expected } = recordedCase('price')
  const data = await dataFile(rows.map((row, i) => ({ ...row, price: expected[i]![0]! + (i % 3) - 1 })))
  const { version } = await importing('price', { data, target: 'price' })
  const evaluation = createEvaluation({
    database,
    catalog,
    tasks: createTasks(),
    folder: join(folder, 'evaluations'),
    reportScript: '',
  })
  const ref = { name: 'model', version }
  const { signal } = new AbortController()
  const { permutation } = await evaluation.importance(ref, signal)
  expect(permutation.map(({ column }) => column).sort()).toEqual(['carat', 'cut'])
  expect(permutation.every(({ mean }) => mean > 0)).toBe(true)
  const { grid } = await evaluation.dependence(ref, 'cut', signal)
  expect(grid).toEqual(['fair', 'good', 'ideal'])
})

test('codes 0 and 1 of the file stand for the two values of the data', async () => {
  const { rows, labels } = recordedCase('boosted')
  const data = await dataFile(rows.map((row, i) => ({ ...row, churn: labels![i] === 1 ? 'yes' : 'no' })))
  const version = await importing('boosted', { data, target: 'churn' })
  expect(version.signature.target.classes).toEqual(['no', 'yes'])
  expect(version.metrics).toMatchObject({ accuracy: 1, auc: 1 })
})

test('what cannot be imported is refused by its name, and nothing is left in the catalog', async () => {
  const file = join(folder, 'cut.onnx')
  const whole = await readFile(join(fixtures, 'forest.onnx'))
  await writeFile(file, whole.subarray(0, 9000))
  const cut = { file, shown: 'cut.onnx', name: 'model' }
  await expect(imports.import(cut)).rejects.toThrow(/cut.onnx is no ONNX model, or a damaged one/)
  // An operator that nobody has, which the runtime alone can know.
  await cp(join(fixtures, 'torch-softmax.onnx'), file)
  const bytes = await readFile(file)
  bytes.fill(0x58, bytes.indexOf('Gemm'), bytes.indexOf('Gemm') + 4)
  await writeFile(file, bytes)
  await expect(imports.import(cut)).rejects.toThrow(/ONNX Runtime cannot run cut.onnx: Invalid model/)
  await expect(importing('torch-logits', { columns: names })).rejects.toThrow(
    /output "p" of torch-logits.onnx is not of probabilities/,
  )
  await expect(importing('forest', { columns: [...names, 'more'] })).rejects.toThrow(
    /reads 4 columns; 5 were given/,
  )
  await expect(importing('forest', { columns: ['a', 'b', 'c', 'a'] })).rejects.toThrow(/two columns "a"/)
  await expect(importing('forest', { classes: ['a', 'b'] })).rejects.toThrow(
    /has 3 classes; 2 were given: a, b/,
  )
  await expect(importing('price', { classes: ['a', 'b', 'c'] })).rejects.toThrow(/one number a row/)
  const { rows } = recordedCase('forest')
  const data = await dataFile(rows.map((row) => ({ ...row, more: 1 })))
  await expect(importing('forest', { data })).rejects.toThrow(
    /reads 4 columns without names; the data .* has 5/,
  )
  expect(await catalog.list()).toEqual([])
})
