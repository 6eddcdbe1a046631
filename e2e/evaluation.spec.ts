import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Browser } from '@playwright/test'
import { serializeNotebook } from '../shared/notebook/codec.ts'
import type { Cell } from '../shared/notebook/notebook.ts'
import { root, runSlipway } from './command-line.ts'
import { choose, type Engine, expect, startEngine, test } from './workbench.ts'

const train = (name: string, model: object): Cell => ({
  id: name,
  kind: 'train',
  name,
  source: JSON.stringify({ from: 'people', target: 'churn', model }),
})
const cells: Cell[] = [
  {
    id: 'people',
    kind: 'sql',
    name: 'people',
    source: "select churn, tenure, contract, monthly_charges from 'data/telco_churn.csv' limit 1200",
  },
  train('trees', { kind: 'gbdt', trees: 15 }),
  train('line', { kind: 'logistic' }),
]

let engine: Engine
test.beforeAll(async () => {
  const started = await startEngine(null)
  const folder = join(started.folder, '../churn')
  engine = { ...started, folder }
  await cp(join(root, 'resources/samples/churn'), folder, { recursive: true })
  await writeFile(join(folder, 'two.ipynb'), serializeNotebook({ cells }))
  const ran = await runSlipway(['run', 'two.ipynb'], { cwd: folder, state: join(folder, '../state') })
  expect(ran.code, ran.err).toBe(0)
})
test.afterAll(() => engine.stop())

/** A report is read without the workbench: from a disk, with nothing beside it. */
async function readReport(browser: Browser, path: string): Promise<void> {
  const page = await browser.newPage()
  const problems: string[] = []
  page.on('pageerror', (error) => problems.push(error.message))
  page.on('console', (message) => problems.push(message.text()))
  page.on('request', (request) => {
    if (!request.url().startsWith('file:')) problems.push(request.url())
  })
  await page.goto(pathToFileURL(path).href)
  await expect(page.getByRole('heading', { name: 'trees v1: evaluation' })).toBeVisible()
  for (const name of ['Slices', 'What the model goes by', 'SHAP values', 'Partial dependence']) {
    await expect(page.getByRole('heading', { name, exact: true })).toBeVisible()
  }
  for (const name of ['ROC curve', 'Calibration', 'SHAP values of true', 'Dependence on contract']) {
    await expect(page.getByRole('img', { name, exact: true })).toBeVisible()
  }
  const actuallyTrue = page.locator('tr', { hasText: /^actually true/ }).first()
  await page.getByLabel('Threshold').fill('0')
  // From 0 on every row is predicted positive, so that no positive one is missed.
  await expect(actuallyTrue.locator('td').last()).toHaveText('0')
  await page.getByLabel('Column', { exact: true }).selectOption('contract')
  await expect(page.getByRole('img', { name: 'AUC by contract' })).toBeVisible()
  await page.getByRole('button', { name: 'Recall' }).click()
  await expect(page.getByRole('img', { name: 'Recall by contract' })).toBeVisible()
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' })
  const ink = await page.evaluate(() => getComputedStyle(document.body).color)
  expect(ink, 'paper is light').toBe('rgb(28, 33, 39)')
  expect(problems).toEqual([])
  await page.close()
}

test('a version’s evaluation answers to threshold, costs and slices, compares, and leaves as one file', async ({
  page,
  browser,
}) => {
  const problems: string[] = []
  page.on('pageerror', (error) => problems.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text())
  })
  await page.goto(engine.url)
  const start = page.getByRole('button', { name: /churn/ }).filter({ hasText: engine.folder }).first()
  const models = page.getByRole('button', { name: 'Models', exact: true }).first()
  await expect(start.or(models)).toBeVisible()
  if (await start.isVisible()) await start.click()
  await models.click()
  await page.getByRole('region', { name: 'Models' }).locator('[title^="trees version 1"]').first().click()
  await page.getByRole('tab', { name: 'Evaluation', exact: true }).click()

  await test.step('the threshold moves the confusion matrix, and a cost the cheapest threshold', async () => {
    const missed = page.locator('td', { hasText: 'false negative' }).locator('b')
    await expect(missed).not.toHaveText('0')
    await page.getByLabel('Threshold as a number').fill('0')
    await expect(missed).toHaveText('0')
    const cheapest = page.getByRole('button', { name: /^Cheapest/ })
    const before = await cheapest.innerText()
    await page.getByLabel('Cost of a false negative').fill('20')
    await expect(cheapest).not.toHaveText(before)
    await cheapest.click()
    const cost = page.getByText(/^lowest /)
    const lowest = (await cost.innerText()).replace('lowest ', '')
    await expect(page.getByText('Total cost').locator('..')).toContainText(lowest)
  })

  await test.step('slices of a column have metrics with intervals', async () => {
    await choose(page, 'Slice by column', 'contract')
    const slices = page.getByRole('region', { name: 'Slices' })
    await expect(slices.getByRole('row', { name: /^Two year .*\(.*–.*\)/ })).toBeVisible()
    await slices.getByRole('button', { name: 'Log loss' }).click()
    await expect(slices.getByText('Log loss by contract')).toBeVisible()
  })

  await test.step('importance, dependence and SHAP values are drawn', async () => {
    const picture = (name: string | RegExp) => page.getByRole('figure', { name }).locator('.main-svg').first()
    await expect(picture(/^Permutation importance, most of it/)).toBeVisible()
    await choose(page, 'Importance of the trees', 'cover')
    await expect(page.getByText('mean hessian of a split')).toBeVisible()
    await choose(page, 'Column', 'contract')
    await expect(picture('Mean prediction by contract')).toBeVisible()
    await expect(picture(/^SHAP values of \d+ rows/)).toBeVisible()
    await page.getByRole('textbox', { name: 'Row to explain' }).fill('7')
    await expect(page.getByRole('heading', { name: /^Row 7: (true|false)$/ })).toBeVisible()
  })

  await test.step('another version is compared on the rows that both held out', async () => {
    await choose(page, 'Compare with', 'line:1')
    await page.keyboard.press('Escape')
    await expect(page.getByText('Compared on the 301 rows that every version held out')).toBeVisible()
    await expect(page.getByText('Every curve is drawn on the same 301 rows')).toBeVisible()
    await expect(
      page.getByRole('row', { name: /^AUC .*line|^AUC .*(difference|better|worse)/ }),
    ).toBeVisible()
    await expect(page.getByRole('row', { name: 'model.kind gbdt logistic' })).toBeVisible()
  })

  await test.step('the exported file shows it all by itself', async () => {
    const saved = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Export HTML' }).click()
    const file = await saved
    expect(file.suggestedFilename()).toBe('trees-1-evaluation.html')
    const folder = await mkdtemp(join(tmpdir(), 'slipway-report-'))
    const path = join(folder, file.suggestedFilename())
    await file.saveAs(path)
    await readReport(browser, path)
    await rm(folder, { recursive: true })
  })
  expect(problems).toEqual([])
})
