/** Models that TypeScript cells make with tfjs become versions like any other, or are refused whole. */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Cell } from '../../../shared/notebook/notebook.ts'
import type { Catalog } from '../../catalog/catalog.ts'
import { createCatalog } from '../../catalog/create-catalog.ts'
import { introspect } from '../../catalog/introspect.ts'
import { createTraining } from '../../training/create-training.ts'
import { cell, type NotebookFixture, openFixture } from '../fixtures/notebook-fixture.ts'

let folder: string
let catalog: Catalog
let fixture: NotebookFixture | null = null
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-register-'))
  catalog = createCatalog({ folder: join(folder, 'catalog') })
})
afterEach(async () => {
  await fixture?.close()
  fixture = null
  await rm(folder, { recursive: true, force: true })
})

async function ran(...cells: Cell[]): Promise<NotebookFixture> {
  const training = (database: Parameters<typeof createTraining>[0]['database']) =>
    createTraining({ database, workspaceFolder: folder, slipwayVersion: '0.0.0-test' })
  fixture = await openFixture(cells, { catalog, training })
  await fixture.run({ type: 'all' })
  return fixture
}

const messageOf = async (opened: NotebookFixture, id: string) => {
  const output = (await opened.cell(id)).outputs.at(-1)
  return output?.type === 'error'
    ? `${output.message} ${output.whatToDo}`
    : `no error: ${JSON.stringify(output)}`
}

const customers = cell(
  'sql',
  'customers',
  `select i as n, ((i * 7919) % 72)::double as tenure, ['month', 'year', 'two'][1 + (i * 31) % 3] as plan,
     ((i * 13) % 50) / 10.0::double as calls, 3.0 * ((i * 7919) % 72) as spend,
     ((i * 7919) % 72 < 24) as churned, ['low', 'middle', 'high'][1 + ((i * 7919) % 72) // 24] as tier
   from range(400) r(i)`,
  { materialize: 'table' },
)

/** The plain case, as docs/training.md shows it. */
const plain = cell(
  'typescript',
  'network',
  `import * as tf from '@tensorflow/tfjs'

const features = await catalog.fitFeatures('customers', {
  target: 'churned',
  features: { include: ['tenure', 'plan', 'calls'] },
})
const { xs, ys } = await features.tensors('train')
const model = tf.sequential({
  layers: [
    tf.layers.dense({ inputShape: [features.width], units: 8, activation: 'relu' }),
    tf.layers.dense({ units: features.outputs, activation: 'sigmoid' }),
  ],
})
model.compile({ optimizer: tf.train.adam(0.05), loss: 'binaryCrossentropy' })
const history = await model.fit(xs, ys, { epochs: 12, verbose: 0 })
export const version = await catalog.register('churn', { model, features, history, description: 'Small', tags: ['net'] })
features.width`,
)

test('a stack of dense layers is a version with metrics, baseline and report, scored by our own code', async () => {
  const opened = await ran(
    customers,
    plain,
    cell('sql', 'scored', "select * from predict('churn', customers)"),
  )
  expect((await opened.cell('network')).outputs).toMatchObject([
    { type: 'model', name: 'churn', version: 1, task: 'binary' },
    { type: 'text', text: '5' },
  ])
  expect((await opened.cell('network')).upstream).toEqual(['customers'])
  const { record, metadata } = await catalog.get('churn', 1)
  expect(record.metrics.auc).toBeGreaterThan(0.9)
  expect(record.spec.model).toEqual({ kind: 'tfjs', layers: ['Dense', 'Dense'], parameters: 57 })
  expect(record.history.map(({ epoch }) => epoch)).toEqual(Array.from({ length: 12 }, (_, at) => at + 1))
  expect(record.history.at(-1)!.loss).toBeLessThan(record.history[0]!.loss)
  expect(record.split.test).toBe(100)
  expect(record.provenance).toMatchObject({ notebook: 'test.ipynb', cell: 'network' })
  expect(record.provenance.sources?.cells.map(({ id }) => id).sort()).toEqual(['customers', 'network'])
  expect(metadata).toMatchObject({ description: 'Small', tags: ['net'] })
  const modelJson = await readFile(join(catalog.folder('churn', 1), 'model/model.json'), 'utf8')
  expect(modelJson).not.toContain('scoredBy')
  for (const file of ['baseline.json', 'examples.json', 'evaluation.json', 'holdout.parquet', 'card.md']) {
    expect(record.files.map(({ path }) => path)).toContain(file)
  }
  const tests = await introspect(record, catalog.folder('churn', 1))
  expect(tests.filter(({ status }) => status === 'Failed')).toEqual([])
  expect((await opened.cell('scored')).state.status).toBe('done')
})

test('other layers are scored by tfjs as the model itself predicts, whichever rows are beside a row', async () => {
  const opened = await ran(
    customers,
    cell(
      'typescript',
      'wide',
      `const features = await catalog.fitFeatures('customers', {
         target: 'tier',
         features: { include: ['tenure', 'calls'], columns: { tenure: { scale: 'none' }, calls: { scale: 'none' } } },
       })
       const input = tf.input({ shape: [features.width] })
       const left = tf.layers.dense({ units: 6, activation: 'relu' }).apply(input)
       const conv = tf.layers.conv1d({ filters: 3, kernelSize: 2, activation: 'tanh' })
         .apply(tf.layers.reshape({ targetShape: [features.width, 1] }).apply(input))
       const both = tf.layers.concatenate().apply([left, tf.layers.flatten().apply(conv)])
       const output = tf.layers.dense({ units: features.outputs, activation: 'softmax' })
         .apply(tf.layers.batchNormalization().apply(both))
       const model = tf.model({ inputs: input, outputs: output })
       const { rows, columns } = await table('customers')
       const inputs = tf.stack([tf.tensor1d(Float32Array.from(columns.tenure)), tf.tensor1d(Float32Array.from(columns.calls))], 1)
       export const own = [rows, ...model.predict(inputs).dataSync()]
       export const version = await catalog.register('tier', { model, features })`,
    ),
    cell(
      'typescript',
      'compare',
      `const [first] = await sql\`select * from customers limit 1\`
       const scored = await version.predict('customers')
       const one = await version.predict([first])
       const labels = version.signature.target.classes
       const [rows, ...expected] = own
       const apart = labels.flatMap((label, k) =>
         [...scored.columns['probability_' + label]].map((share, row) => Math.abs(share - expected[row * labels.length + k])))
       JSON.stringify([labels.map((label) => scored.columns['probability_' + label][0]), labels.map((label) => one[0].probabilities[label]), apart.length === 3 * rows, Math.max(...apart)])`,
    ),
  )
  expect(await messageOf(opened, 'wide')).toMatch(/^no error: \{"type":"model"/)
  const { record } = await catalog.get('tier', 1)
  expect(record.provenance).toMatchObject({ backend: 'wasm', packages: { '@tensorflow/tfjs': '4.22.0' } })
  expect(record.spec.model).toMatchObject({
    layers: expect.arrayContaining(['Conv1D', 'BatchNormalization']),
  })
  const modelJson = await readFile(join(catalog.folder('tier', 1), 'model/model.json'), 'utf8')
  expect(JSON.parse(modelJson).userDefinedMetadata).toEqual({ slipway: { scoredBy: 'tfjs', block: 32 } })
  const [output] = (await opened.cell('compare')).outputs
  if (output?.type !== 'text') throw new Error(JSON.stringify(output))
  const [together, alone, all, apart] = JSON.parse(output.text)
  expect(alone).toEqual(together)
  expect(all).toBe(true)
  // The cell's model computes on tfjs's cpu backend.
  expect(apart).toBeLessThan(1e-5)
  expect(together.reduce((sum: number, share: number) => sum + share, 0)).toBeCloseTo(1, 5)
  const tests = await introspect(record, catalog.folder('tier', 1))
  expect(tests.filter(({ status }) => status === 'Failed')).toEqual([])
})

test('with a serving input the SQL in between travels with the model, and predict takes that input', async () => {
  const opened = await ran(
    customers,
    cell('sql', 'made', 'select tenure / 12 as years, upper(plan) as plan, spend from customers', {
      materialize: 'view',
    }),
    cell(
      'typescript',
      'network',
      `const features = await catalog.fitFeatures('made', { target: 'spend', servingInput: 'customers' })
       const input = tf.input({ shape: [features.width] })
       const both = tf.layers.concatenate().apply([input, tf.layers.dense({ units: 4, activation: 'relu' }).apply(input)])
       const model = tf.model({ inputs: input, outputs: tf.layers.dense({ units: 1 }).apply(both) })
       const version = await catalog.register('spend', { model, features })
       JSON.stringify(await version.predict([{ tenure: 24, plan: 'month' }]))`,
    ),
    cell(
      'sql',
      'scored',
      "select prediction from predict('spend', (select 24.0 as tenure, 'month' as plan))",
    ),
  )
  const [, shown] = (await opened.cell('network')).outputs
  if (shown?.type !== 'text') throw new Error(await messageOf(opened, 'network'))
  const { record } = await catalog.get('spend', 1)
  expect(record.signature.inputs.map(({ name }) => name)).toEqual(['tenure', 'plan'])
  expect(record.transforms?.cells.map(({ relation }) => relation)).toEqual(['made'])
  const session = await opened.database.session()
  expect(await session.rows('from scored')).toEqual(JSON.parse(shown.text))
  session.close()
})

test('what does not fit is refused by name, and nothing is left in the catalog', async () => {
  const make = (units: string, activation: string, rest = '', name = 'x') =>
    `const model = tf.sequential({ layers: [tf.layers.dense({ inputShape: [features.width], units: ${units}, activation: '${activation}' })] })
     ${rest}
     await catalog.register('${name}', { model, features })`
  const opened = await ran(
    customers,
    cell(
      'typescript',
      'fit',
      `export const features = await catalog.fitFeatures('customers', { target: 'churned', features: { include: ['tenure', 'calls'] } })
       export const tiers = await catalog.fitFeatures('customers', { target: 'tier', features: { include: ['tenure'] } })`,
    ),
    cell('typescript', 'width', make('1', 'sigmoid').replace('[features.width]', '[7]')),
    cell('typescript', 'units', make('3', 'softmax')),
    cell(
      'typescript',
      'activation',
      make('1', 'linear', 'model.setWeights([tf.ones([2, 1]), tf.tensor1d([9])])'),
    ),
    cell(
      'typescript',
      'sums',
      make('3', 'sigmoid')
        .replace('features.width', 'tiers.width')
        .replace('model, features', 'model, features: tiers'),
    ),
    cell('typescript', 'disposed', make('1', 'sigmoid', 'model.dispose()')),
    cell(
      'typescript',
      'custom',
      `class Twice extends tf.layers.Layer { call(x) { return tf.mul(x[0] ?? x, 2) } computeOutputShape(s) { return s } static className = 'Twice' }
       tf.serialization.registerClass(Twice)
       const model = tf.sequential({ layers: [tf.layers.dense({ inputShape: [2], units: 1, activation: 'sigmoid' }), new Twice({})] })
       await catalog.register('x', { model, features })`,
    ),
    cell(
      'typescript',
      'infinite',
      make('1', 'sigmoid', 'model.setWeights([tf.fill([2, 1], NaN), tf.zeros([1])])'),
    ),
    cell('typescript', 'no-model', "await catalog.register('x', { features })"),
    cell('typescript', 'no-features', "await catalog.register('x', { model: 1, features: { width: 2 } })"),
    cell('typescript', 'no-history', "await catalog.register('x', { model: 1, features, history: [] })"),
    cell('typescript', 'unknown-key', "await catalog.register('x', { modle: 1 })"),
    cell('typescript', 'bad-name', make('1', 'sigmoid', '', '1 x')),
    cell(
      'typescript',
      'signature',
      `const model = tf.sequential({ layers: [tf.layers.dense({ inputShape: [2], units: 1, activation: 'sigmoid' })] })
       await catalog.register('x', { model, features, signature: { ...features.signature, inputs: features.signature.inputs.slice(1) } })`,
    ),
    cell(
      'typescript',
      'settings',
      "await catalog.fitFeatures('customers', { target: 'churned', modle: {} })",
    ),
    cell(
      'train',
      'trained',
      '{"from": "customers", "target": "churned", "model": {"kind": "tfjs", "layers": [], "parameters": 1}}',
    ),
  )
  expect(await messageOf(opened, 'width')).toMatch(/takes 7 inputs; its features make 2.*features\.width/)
  expect(await messageOf(opened, 'units')).toMatch(
    /gives 3 outputs; "churned" is binary and needs 1: the probability of true/,
  )
  expect(await messageOf(opened, 'activation')).toMatch(/to held-out row 1, which is no probability.*sigmoid/)
  expect(await messageOf(opened, 'sums')).toMatch(/probabilities for held-out row 1 add up to .*softmax/)
  expect(await messageOf(opened, 'disposed')).toMatch(/cannot be saved: .*disposed/)
  expect(await messageOf(opened, 'custom')).toMatch(/tfjs cannot load the model: .*Twice.*class of your own/)
  expect(await messageOf(opened, 'infinite')).toMatch(/The weight ".*kernel" holds NaN/)
  expect(await messageOf(opened, 'no-model')).toMatch(/was given undefined for a model/)
  expect(await messageOf(opened, 'no-features')).toMatch(/needs the features that the model was trained on/)
  expect(await messageOf(opened, 'no-history')).toMatch(/history without losses.*model\.fit/)
  expect(await messageOf(opened, 'unknown-key')).toMatch(/does not know "modle"/)
  expect(await messageOf(opened, 'bad-name')).toMatch(/register: expected a letter/)
  expect(await messageOf(opened, 'signature')).toMatch(/not the features' own .*only constraints may differ/)
  expect(await messageOf(opened, 'settings')).toMatch(/fitFeatures\("customers", …\): .*modle/)
  expect(await messageOf(opened, 'trained')).toMatch(/made in a TypeScript cell/)
  expect(await catalog.list()).toEqual([])
})

test('a changed relation, and a name that predicts something else, are told before anything is registered', async () => {
  const opened = await ran(
    customers,
    plain,
    cell(
      'typescript',
      'taken',
      `const features = await catalog.fitFeatures('customers', { target: 'spend', features: { include: ['tenure'] } })
       const model = tf.sequential({ layers: [tf.layers.dense({ inputShape: [1], units: 1 })] })
       version.version
       await catalog.register('churn', { model, features })`,
    ),
    cell(
      'typescript',
      'changed',
      `version.version
       const features = await catalog.fitFeatures('customers', { target: 'churned', features: { include: ['tenure'] } })
       await sql\`update customers set tenure = tenure + 1\`
       const model = tf.sequential({ layers: [tf.layers.dense({ inputShape: [1], units: 1, activation: 'sigmoid' })] })
       await catalog.register('churn', { model, features })`,
    ),
  )
  expect(await messageOf(opened, 'taken')).toMatch(
    /"churn" is taken: version 1 predicts "churned" \(binary\), this model "spend" \(regression\)/,
  )
  expect(await messageOf(opened, 'changed')).toMatch(
    /"customers" is not what it was when the features were fitted/,
  )
  expect((await catalog.list()).length).toBe(1)
})
