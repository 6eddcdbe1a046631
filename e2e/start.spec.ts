import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import { type Engine, startEngine } from './workbench.ts'

let engine: Engine
let home: string
test.beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'slipway-home-'))
  process.env.HOME = home
  engine = await startEngine(null)
})
test.afterEach(async () => {
  await engine.stop()
  await rm(home, { recursive: true, force: true })
})

test('without a workspace the window says how to begin, and makes one from a sample', async ({ page }) => {
  await page.goto(engine.url)
  await expect(page.getByRole('heading', { name: 'Slipway' })).toBeVisible()
  await page.getByRole('button', { name: /Sample: customer churn/ }).click()
  const dialog = page.getByRole('dialog')
  await expect(dialog).toBeVisible()
  await dialog.getByRole('textbox').last().fill('my churn')
  await dialog.getByRole('button', { name: /Create|Make/ }).click()
  await expect(page.getByRole('button', { name: 'churn.ipynb', exact: true })).toBeVisible()
})

test('a new folder has one name, of which what is not taken is said where it is typed', async ({ page }) => {
  await page.goto(engine.url)
  await page.getByRole('button', { name: /New workspace/ }).click()
  const dialog = page.getByRole('dialog')
  const name = dialog.getByRole('textbox', { name: 'Name of the new folder' })
  const create = dialog.getByRole('button', { name: 'Create it here' })
  await name.fill('a/b')
  await expect(dialog).toContainText('A name cannot have "/" in it')
  await expect(create).toBeDisabled()
  await name.fill('a b')
  await expect(create).toBeEnabled()
})

test('a page without the token gets nothing from the engine', async ({ page }) => {
  await page.goto(engine.url.replace(/token=.*/, 'token=wrong'))
  await expect(page.getByRole('alert')).toContainText('The engine refuses this window')
  await expect(page.getByRole('alert')).toContainText('Open the address that slipway serve printed')
  await expect(page.getByRole('button', { name: /Sample: customer churn/ })).toHaveCount(0)
})

test('before there is a model, deployments and monitoring lead to a notebook that makes one', async ({
  page,
}) => {
  const sample = await startEngine('churn')
  await page.goto(sample.url)
  for (const area of ['Deployments', 'Monitoring']) {
    await page.getByRole('button', { name: area, exact: true }).click()
    await page.getByRole('region', { name: area }).getByRole('button', { name: 'Open churn.ipynb' }).click()
    await expect(page.getByRole('tab', { name: /churn\.ipynb/ })).toBeVisible()
  }
  await sample.stop()
})

test('a file that another program puts into the workspace appears in the list, and leaves it', async ({
  page,
}) => {
  const sample = await startEngine('churn')
  await page.goto(sample.url)
  await expect(page.getByRole('button', { name: 'churn.ipynb', exact: true })).toBeVisible()
  const file = join(sample.folder, 'exported.csv')
  await writeFile(file, 'id\n1\n')
  const shown = page.getByRole('button', { name: 'exported.csv', exact: true })
  await expect(shown).toBeVisible()
  await page.getByRole('button', { name: 'slipway.json', exact: true }).click()
  await expect(page.getByText('slipway.json is neither a notebook nor data')).toBeVisible()
  await shown.hover()
  await page.getByRole('button', { name: 'Rename exported.csv' }).click()
  const name = page.getByRole('textbox', { name: 'New name of exported.csv' })
  await name.fill('older/exported.csv')
  await name.press('Enter')
  await expect(page.getByText('A name cannot have "/" in it.')).toBeVisible()
  await name.press('Escape')
  await rm(file)
  await expect(shown).toBeHidden()
  await sample.stop()
})

test('a data file is uploaded, becomes a relation, and is read in windows of rows', async ({ page }) => {
  const sample = await startEngine('churn')
  await page.goto(sample.url)
  const rows = Array.from({ length: 50_000 }, (_, i) => `${i},name ${i},${i % 7}`)
  const file = join(home, 'many rows.csv')
  await writeFile(file, `id,label,day\n${rows.join('\n')}\n`)
  const choosing = page.waitForEvent('filechooser')
  await page.getByRole('button', { name: 'Import data files' }).click()
  await (await choosing).setFiles(file)
  await page.getByRole('button', { name: 'Data', exact: true }).click()
  const list = page.getByRole('region', { name: 'Data' })
  await expect(list.getByText('50,000')).toBeVisible()
  await list.getByText('many_rows').click()
  const grid = page.getByRole('region', { name: /many_rows/ }).last()
  await expect(grid.getByRole('cell', { name: 'name 0', exact: true })).toBeVisible()
  await grid.focus()
  await page.keyboard.press('Control+End')
  await expect(grid.getByRole('cell', { name: 'name 49999', exact: true })).toBeVisible()
  await sample.stop()
})
