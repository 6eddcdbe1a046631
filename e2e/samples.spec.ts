import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import { type CommandResult, root, runSlipway } from './command-line.ts'

/**
 * A scikit-learn user goes through the samples' notebooks: every one runs from top to bottom, and its models are as good as
 * scikit-learn's on the same question (recorded by bench/peers/record-samples.py).
 */
test.describe.configure({ mode: 'serial' })

type Metrics = Record<string, number>
interface Run {
  ok: boolean
  cells: { name: string; status: string; error?: string }[]
  models: { name: string; version: number; metrics: Metrics }[]
}

/** What every notebook registers. */
const notebooks: Record<'churn' | 'diamonds', Record<string, string[]>> = {
  churn: {
    'models.ipynb': ['churn-lasso', 'churn-trees', 'churn-balanced', 'churn-network', 'churn-leaky'],
    'search.ipynb': ['churn-tuned', 'churn-grid', 'churn-halved'],
    'features.ipynb': ['churn-features', 'churn-imputed', 'churn-by-time'],
    'transforms.ipynb': ['churn-sql'],
  },
  diamonds: {
    'diamonds.ipynb': ['price'],
    'linear.ipynb': ['price-linear', 'price-log', 'price-lasso'],
    'trees.ipynb': ['price-trees', 'price-low', 'price-high', 'cut'],
    'networks.ipynb': ['price-network'],
  },
}

let home: string
const metrics = new Map<string, Metrics>()
const run = (workspace: string, words: string[]): Promise<CommandResult> =>
  runSlipway(words, { cwd: join(home, workspace), state: join(home, 'state') })

async function version(workspace: string, name: string) {
  const shown = await run(workspace, ['models', name, '--json'])
  expect(shown.code, shown.err).toBe(0)
  return JSON.parse(shown.out).record
}

test.beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'slipway-samples-'))
  for (const sample of Object.keys(notebooks)) {
    const words = ['init', join(home, sample), '--sample', sample]
    expect((await runSlipway(words, { cwd: home, state: join(home, 'state') })).code).toBe(0)
  }
})
test.afterAll(() => rm(home, { recursive: true, force: true }))

for (const [workspace, files] of Object.entries(notebooks)) {
  for (const [file, models] of Object.entries(files)) {
    test(`${workspace}/${file} runs from top to bottom and registers ${models.join(', ')}`, async () => {
      test.setTimeout(300_000)
      const result = await run(workspace, ['run', file, '--json'])
      const value: Run = JSON.parse(result.out)
      expect(value.cells.filter(({ status }) => status !== 'done')).toEqual([])
      expect(result.code, result.err).toBe(0)
      expect(value.models.map((model) => `${model.name}:${model.version}`)).toEqual(
        models.map((name) => `${name}:1`),
      )
      for (const model of value.models) metrics.set(model.name, model.metrics)
    })
  }
}

test('the models are as good as those of scikit-learn', async () => {
  const recorded: { models: Record<string, Record<string, { mean: number; sd: number }>> } = JSON.parse(
    await readFile(join(root, 'e2e/fixtures/samples-scikit-learn.json'), 'utf8'),
  )
  // The same estimator must give the same within what splits differ by; others may be better.
  const same = new Set(['churn-lasso', 'price-linear', 'price-lasso'])
  for (const [name, figures] of Object.entries(recorded.models)) {
    for (const [key, { mean, sd }] of Object.entries(figures)) {
      const found = metrics.get(name)?.[key] ?? Number.NaN
      const margin = Math.max(4 * sd, 0.004)
      expect(found, `${key} of ${name}, scikit-learn ${mean} ± ${sd}`).toBeGreaterThan(mean - margin)
      if (same.has(name)) expect(found, `${key} of ${name}`).toBeLessThan(mean + margin)
    }
  }
})

test('versions keep what their cells asked for: folds, trials, warnings, frozen statistics', async () => {
  const lasso = await version('churn', 'churn-lasso')
  expect(lasso.crossValidation.results).toHaveLength(5)
  const imputed = await version('churn', 'churn-imputed')
  expect(imputed.crossValidation.results).toHaveLength(6)
  const tuned = await version('churn', 'churn-tuned')
  expect(tuned.search.trials).toHaveLength(4)
  const grid = await version('churn', 'churn-grid')
  expect(grid.search.trials).toHaveLength(4)
  const halved = await version('churn', 'churn-halved')
  expect(halved.search.rungs).toEqual([
    { candidates: 9, resource: 10 },
    { candidates: 3, resource: 30 },
    { candidates: 1, resource: 90 },
  ])
  const leaky = await version('churn', 'churn-leaky')
  expect(leaky.warnings).toMatchObject([
    { kind: 'single-feature', column: 'last_call' },
    { kind: 'future-timestamp', column: 'last_visit' },
  ])
  const [frozen] = (await version('churn', 'churn-sql')).transforms.statistics
  // The training rows' mean; that of all customers is 64.76.
  expect(Number(frozen.value)).toBeGreaterThan(63.5)
  expect(Number(frozen.value)).toBeLessThan(66)
})

test('two versions are compared, and a report is written', async () => {
  const compared = await run('churn', ['models', 'churn-lasso', 'churn-trees', '--compare', '--json'])
  expect(compared.code, compared.err).toBe(0)
  const { versions, basis } = JSON.parse(compared.out)
  expect(versions).toHaveLength(2)
  expect(basis.says).not.toBe('')
  const written = await run('churn', ['models', 'churn-trees', '--report', join(home, 'trees.html')])
  expect(written.code, written.err).toBe(0)
  expect(await readFile(join(home, 'trees.html'), 'utf8')).toContain('churn-trees')
})
