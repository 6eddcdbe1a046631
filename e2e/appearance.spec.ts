import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Page } from '@playwright/test'
import { openArea, rail } from './areas.ts'
import { type CommandResult, runSlipway } from './command-line.ts'
import { lookAtViews, pictures } from './look-at-views.ts'
import { type Engine, expect, startEngine, test } from './workbench.ts'

/**
 * Every panel in both themes and at both sizes: nothing wider than the window, no accessibility rule broken.
 * The pictures land in `test-results/pictures`; with SLIPWAY_PICTURES=1 those of the documentation are renewed.
 */
const documentation = resolve(import.meta.dirname, '../docs/pictures')
/** The pictures that the README shows. */
const documented = new Set(['notebook-light', 'monitoring-dark', 'deployment-light'])

let engine: Engine
let slipwayHere: (words: string[]) => Promise<CommandResult>
test.beforeAll(async () => {
  test.setTimeout(180_000)
  await mkdir(pictures, { recursive: true })
  const demo = await startEngine(null)
  const folder = join(demo.folder, '../churn')
  const state = join(demo.folder, '../state')
  const words = ['demo', '--dir', folder, '--no-open']
  const result = await runSlipway(words, { cwd: demo.folder.replace(/\/empty$/, ''), state })
  expect(result.code, result.err).toBe(0)
  engine = { ...demo, folder }
  slipwayHere = (command) => runSlipway(command, { cwd: folder, state })
  expect((await slipwayHere(['activate', 'churn'])).code).toBe(0)
})
test.afterAll(async () => {
  await slipwayHere(['deactivate', 'churn'])
  await engine.stop()
})

const views: Record<string, (page: Page) => Promise<void>> = {
  async notebook(page) {
    await openArea(page, 'Files')
    await page.getByRole('button', { name: 'churn.ipynb', exact: true }).click()
    await expect(page.locator('[data-cell="customers"]').getByRole('cell').first()).toBeVisible()
  },
  async training(page) {
    await page.locator('[data-cell="train-churn"]').scrollIntoViewIfNeeded()
    await page.locator('[data-cell="next"]').scrollIntoViewIfNeeded()
    await expect(page.locator('[data-cell="train-churn"]')).toContainText('0.848')
  },
  async data(page) {
    await openArea(page, 'Data')
    await page.getByRole('region', { name: 'Data' }).getByText('customers', { exact: true }).click()
    await expect(page.getByRole('tabpanel', { name: 'customers' }).getByRole('cell').first()).toBeVisible()
  },
  async model(page) {
    await openArea(page, 'Models')
    await page.getByRole('region', { name: 'Models' }).getByText('v1', { exact: true }).click()
    await expect(page.getByRole('tab', { name: 'Overview' })).toBeVisible()
  },
  async signature(page) {
    await page.getByRole('tab', { name: 'Signature' }).click()
    await expect(page.getByRole('cell', { name: 'monthly_charges' }).first()).toBeVisible()
  },
  async deployment(page) {
    await openArea(page, 'Deployments')
    await page.getByRole('region', { name: 'Deployments' }).getByText('churn').first().click()
    await expect(page.getByRole('form', { name: 'Request to churn' })).toBeVisible()
  },
  async 'deployment-log'(page) {
    await page.getByRole('tab', { name: 'Log' }).click()
    await expect(page.getByRole('region', { name: /^Log, / })).toContainText('limits:')
  },
  async 'deployment-resources'(page) {
    await page.getByRole('tab', { name: 'Resources' }).click()
    await expect(page.locator('.main-svg').first()).toBeVisible()
  },
  async 'deployment-versions'(page) {
    await page.getByRole('tab', { name: 'Versions' }).click()
    await expect(page.getByText('What serves now')).toBeVisible()
  },
  async monitoring(page) {
    await openArea(page, 'Monitoring')
    await page.getByRole('region', { name: 'Monitoring' }).getByText('churn').first().click()
    await expect(page.getByRole('region', { name: /^Totals/ })).toContainText('600')
    await expect(page.locator('.main-svg').first()).toBeVisible()
  },
  async fleet(page) {
    await page.getByRole('region', { name: 'Monitoring' }).getByText('All deployments').click()
    await expect(page.getByRole('table').first()).toBeVisible()
  },
  async settings(page) {
    await rail(page, 'Settings').click()
    await expect(page.getByText('Theme').first()).toBeVisible()
  },
}

lookAtViews(
  'every panel is in order',
  views,
  () => engine,
  async (page, view, scheme, width) => {
    if (!process.env.SLIPWAY_PICTURES || width !== 1280 || !documented.has(`${view}-${scheme}`)) return
    await mkdir(documentation, { recursive: true })
    await page.screenshot({ path: join(documentation, `${view}-${scheme}.png`) })
  },
)
