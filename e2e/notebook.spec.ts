import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { expect, test } from './workbench.ts'

/** Types into the editor of the selected cell, in place of what was there. */
async function write(page: Page, text: string): Promise<void> {
  await page.keyboard.press('Enter')
  await expect(
    page
      .locator('[data-selected] .monaco-editor textarea, [data-selected] .monaco-editor .native-edit-context')
      .first(),
  ).toBeFocused()
  await page.keyboard.press('ControlOrMeta+a')
  await page.keyboard.press('Backspace')
  await page.keyboard.insertText(text)
  await page.keyboard.press('Escape')
}

test.beforeEach(async ({ workbench: page }) => {
  await page.getByRole('button', { name: 'churn.ipynb', exact: true }).click()
  await expect(page.locator('[data-cell="intro"]')).toBeVisible()
  await page.locator('[data-cell="intro"]').click()
})

test('cells are added, edited, run, moved and deleted by keyboard, and every step can be undone', async ({
  workbench: page,
  engine,
}) => {
  const cells = page.locator('[data-cell]')
  await expect(cells).toHaveCount(9)
  await page.keyboard.press('b')
  await expect(cells).toHaveCount(10)
  await write(page, 'select 6 * 7 as answer')
  await page.keyboard.press('Control+Enter')
  const added = cells.nth(1)
  await expect(added).toHaveAttribute('data-status', 'done')
  await expect(added.getByRole('cell', { name: '42' })).toBeVisible()
  await expect(page.getByRole('status').getByText('Saved')).toBeVisible()
  expect(await readFile(join(engine.folder, 'churn.ipynb'), 'utf8')).toContain('select 6 * 7 as answer')

  await added.getByRole('button', { name: 'Cell actions' }).click()
  await page.getByRole('menuitem', { name: 'Move down' }).click()
  await expect(cells.nth(2)).toContainText('answer')
  await page.keyboard.press('Escape')
  await cells.nth(2).locator('.sw-cell-kind').click()
  await page.keyboard.press('d')
  await page.keyboard.press('d')
  await expect(cells).toHaveCount(9)
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(cells).toHaveCount(10)
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(cells.nth(1)).toContainText('answer')
})

test('a notebook that is opened takes the keys, an empty one too', async ({ workbench: page }) => {
  await page.getByRole('button', { name: 'features.ipynb', exact: true }).click()
  const features = page.getByRole('tabpanel', { name: 'features.ipynb' })
  await expect(features.locator('[data-cell]').first()).toBeFocused()
  await page.keyboard.press('j')
  await expect(features.locator('[data-cell]').nth(1)).toBeFocused()
  await page.keyboard.press('Control+Alt+n')
  await expect(page.getByRole('button', { name: 'Add a SQL cell' })).toBeFocused()
  await page.keyboard.press('b')
  await expect(page.getByRole('tabpanel', { name: 'untitled.ipynb' }).locator('[data-cell]')).toHaveCount(1)
})

test('a cell is named from the keyboard: Enter takes the name, Escape leaves it, and the keys stay with the cell', async ({
  workbench: page,
}) => {
  await page.keyboard.press('b')
  await write(page, 'select 6 * 7 as answer')
  const added = page.locator('[data-cell]').nth(1)
  const name = added.getByRole('textbox', { name: 'Cell name: name of the relation' })
  await name.fill('answers')
  await name.press('Enter')
  await expect(added).toBeFocused()
  await page.keyboard.press('Control+Enter')
  await expect(added).toHaveAttribute('data-status', 'done')
  await name.fill('questions')
  await name.press('Escape')
  await expect(added).toBeFocused()
  await expect(name).toHaveValue('answers')
  await expect(added).toHaveAttribute('data-status', 'done')
})

test('an edit marks everything downstream stale, and Run stale runs just that', async ({
  workbench: page,
}) => {
  await page.getByRole('button', { name: 'Run all' }).click()
  await expect(page.locator('[data-cell="train-churn"]')).toHaveAttribute('data-status', 'done', {
    timeout: 60_000,
  })
  const features = page.locator('[data-cell="features"]')
  await features.locator('.sw-cell-kind').click()
  await write(page, 'select * exclude (customer_id, total_charges) from customers')
  await expect(features).toHaveAttribute('data-status', 'stale')
  await expect(page.locator('[data-cell="train-churn"]')).toHaveAttribute('data-status', 'stale')
  await expect(page.locator('[data-cell="customers"]')).toHaveAttribute('data-status', 'done')
  await page.getByRole('button', { name: /^Run stale/ }).click()
  await expect(features).toHaveAttribute('data-status', 'done')
  // The train cell imputes a column that is gone now: the message names it.
  const train = page.locator('[data-cell="train-churn"]')
  await expect(train).toHaveAttribute('data-status', 'failed', { timeout: 30_000 })
  await expect(train).toContainText('total_charges')
})

test('a failing cell says what, where and what to do, and a broken check stops what depends on it', async ({
  workbench: page,
}) => {
  await page.keyboard.press('b')
  await write(page, 'select * from no_such_relation')
  await page.keyboard.press('Control+Enter')
  const broken = page.locator('[data-cell]').nth(1)
  await expect(broken).toHaveAttribute('data-status', 'failed')
  await expect(broken.getByRole('alert')).toContainText('no_such_relation')
})

test('a train cell that is no JSON says so once', async ({ workbench: page }) => {
  const train = page.locator('[data-cell="train-churn"]')
  await train.getByRole('button', { name: 'Show as JSON' }).click()
  await train.locator('.monaco-editor').click()
  await page.keyboard.press('ControlOrMeta+a')
  await page.keyboard.insertText('{"from": "features",')
  await page.keyboard.press('Escape')
  await train.getByRole('button', { name: 'Show as a form' }).click()
  await expect(train.getByRole('alert')).toHaveCount(1)
  await train.getByRole('button', { name: 'Run this cell' }).click()
  await expect(train).toHaveAttribute('data-status', 'failed')
  await expect(train.getByRole('alert')).toHaveCount(1)
  await expect(train.getByRole('alert')).toContainText('is not JSON: line 1')
  await train.getByRole('button', { name: 'Edit as JSON' }).click()
  await expect(train.locator('.monaco-editor')).toBeVisible()
})

test('an endless query is interrupted and the cells before it keep what they had', async ({
  workbench: page,
}) => {
  await page.keyboard.press('b')
  await write(page, 'select sum(a.range * b.range) from range(10000000) a, range(10000000) b')
  await page.keyboard.press('Control+Enter')
  const endless = page.locator('[data-cell]').nth(1)
  await expect(endless).toHaveAttribute('data-status', 'running')
  await page.getByRole('button', { name: 'Interrupt' }).click()
  await expect(endless).not.toHaveAttribute('data-status', 'running')
  await expect(page.getByRole('button', { name: 'Interrupt' })).toBeDisabled()
})

test('outputs are there at once when a notebook is opened again', async ({ workbench: page, engine }) => {
  await page.getByRole('button', { name: 'Run all' }).click()
  await expect(page.locator('[data-cell="train-churn"]')).toHaveAttribute('data-status', 'done', {
    timeout: 60_000,
  })
  await page.goto(engine.url)
  await expect(page.locator('[data-cell="customers"]').getByText('7,043 rows').first()).toBeVisible()
  await expect(page.locator('[data-cell="customers"]')).toHaveAttribute('data-status', 'done')
})

test('a file that another program changed is not overwritten', async ({ workbench: page, engine }) => {
  const path = join(engine.folder, 'churn.ipynb')
  const text = await readFile(path, 'utf8')
  await writeFile(path, text.replace('Which customers are about to leave?', 'Written elsewhere'))
  await page.keyboard.press('b')
  await expect(page.getByText(/changed/i).first()).toBeVisible()
  expect(await readFile(path, 'utf8')).toContain('Written elsewhere')
})
