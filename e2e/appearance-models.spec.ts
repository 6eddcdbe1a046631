import { cp, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { parseNotebook, serializeNotebook } from '../shared/notebook/codec.ts'
import type { Cell } from '../shared/notebook/notebook.ts'
import { openArea } from './areas.ts'
import { root, runSlipway } from './command-line.ts'
import { lookAtViews, pictures } from './look-at-views.ts'
import { type Engine, expect, startEngine, test } from './workbench.ts'

/**
 * What training leaves behind, in both themes and at both sizes: folds, searches and warnings under their cells, and the
 * tabs of versions of every kind. The pictures land in `test-results/pictures`.
 */
/** A regression and a model of several classes, small enough to wait for. */
const few = "from 'data/telco_churn.csv' limit 1500"
const small: Cell[] = [
  { id: 'bills', kind: 'sql', name: 'bills', source: `select monthly_charges, tenure, contract ${few}` },
  {
    id: 'bill',
    kind: 'train',
    name: 'bill',
    source: JSON.stringify({ from: 'bills', target: 'monthly_charges', model: { kind: 'linear' } }),
  },
  {
    id: 'contract',
    kind: 'train',
    name: 'contract',
    source: JSON.stringify({ from: 'bills', target: 'contract', model: { kind: 'gbdt', trees: 10 } }),
  },
]

/** The sample's cells that are looked at, and what they read; all of them are run by samples.spec.ts. */
async function keepOnly(folder: string, notebook: string, names: readonly string[]): Promise<void> {
  const file = join(folder, notebook)
  const { cells } = parseNotebook(await readFile(file, 'utf8'), notebook)
  const kept = cells.filter((cell) => cell.kind === 'markdown' || names.includes(cell.id))
  await writeFile(file, serializeNotebook({ cells: kept }))
}

let engine: Engine
test.beforeAll(async () => {
  test.setTimeout(240_000)
  await mkdir(pictures, { recursive: true })
  const started = await startEngine(null)
  const folder = join(started.folder, '../churn')
  engine = { ...started, folder }
  await cp(join(root, 'resources/samples/churn'), folder, { recursive: true })
  await keepOnly(folder, 'models.ipynb', ['subscribers', 'lasso', 'trees', 'hindsight', 'leaky'])
  await keepOnly(folder, 'search.ipynb', ['prospects', 'tuned'])
  await writeFile(join(folder, 'small.ipynb'), serializeNotebook({ cells: small }))
  for (const notebook of ['models.ipynb', 'search.ipynb', 'small.ipynb']) {
    const ran = await runSlipway(['run', notebook], { cwd: folder, state: join(folder, '../state') })
    expect(ran.code, ran.err).toBe(0)
  }
})
test.afterAll(() => engine.stop())

async function cell(page: Page, notebook: string, id: string): Promise<void> {
  await openArea(page, 'Files')
  await page.getByRole('button', { name: notebook, exact: true }).click()
  const found = page.locator(`[data-cell="${id}"]`)
  await expect(found).toBeVisible()
  await found.evaluate((element) => element.scrollIntoView({ block: 'start' }))
}

async function tab(page: Page, model: string, name: string): Promise<void> {
  await openArea(page, 'Models')
  await page.getByRole('region', { name: 'Models' }).locator(`[title^="${model} version 1"]`).first().click()
  await expect(page.getByRole('heading', { name: model }).first()).toBeVisible()
  await page.getByRole('tab', { name, exact: true }).click()
}

const views: Record<string, (page: Page) => Promise<void>> = {
  async folds(page) {
    await cell(page, 'models.ipynb', 'lasso')
  },
  async warning(page) {
    await cell(page, 'models.ipynb', 'leaky')
  },
  async search(page) {
    await cell(page, 'search.ipynb', 'tuned')
    await expect(page.locator('[data-cell="tuned"]')).toContainText('best')
  },
  async lineage(page) {
    await tab(page, 'churn-trees', 'Overview')
    await expect(page.getByText('Lineage').first()).toBeVisible()
  },
  async coefficients(page) {
    await tab(page, 'churn-lasso', 'Coefficients')
    await expect(page.getByText('Coefficients in log odds')).toBeVisible()
  },
  async trials(page) {
    await tab(page, 'churn-tuned', 'Training')
    await expect(page.getByText('Loss by round')).toBeVisible()
  },
  async provenance(page) {
    await tab(page, 'churn-trees', 'Provenance')
  },
  async checks(page) {
    await tab(page, 'churn-trees', 'Checks')
  },
  async 'evaluation-binary'(page) {
    await tab(page, 'churn-trees', 'Evaluation')
    await expect(page.locator('.main-svg').first()).toBeVisible()
  },
  async compare(page) {
    await page
      .getByRole('combobox', { name: 'Compare with' })
      .or(page.getByLabel('Compare with'))
      .first()
      .click()
    await page.getByRole('option', { name: /churn-lasso/ }).click()
    await page.keyboard.press('Escape')
    await expect(page.getByText('Compared on the')).toBeVisible()
  },
  async 'evaluation-regression'(page) {
    await tab(page, 'bill', 'Evaluation')
    await expect(page.getByText('Predicted and actual')).toBeVisible()
  },
  async 'evaluation-multiclass'(page) {
    await tab(page, 'contract', 'Evaluation')
    await expect(page.getByText('One class against the rest')).toBeVisible()
  },
}

lookAtViews('what training leaves behind is in order', views, () => engine)
