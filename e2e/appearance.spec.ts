import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Page } from '@playwright/test'
import { brokenRules } from './accessibility.ts'
import { type CommandResult, runSlipway } from './command-line.ts'
import { type Engine, expect, startEngine, test } from './workbench.ts'

/**
 * Every panel in both themes and at both sizes: nothing wider than the window, no accessibility rule broken.
 * The pictures land in `test-results/pictures`; with SLIPWAY_PICTURES=1 those of the documentation are renewed.
 */
const pictures = resolve(import.meta.dirname, '../test-results/pictures')
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

interface View {
  name: string
  open(page: Page): Promise<void>
}

const rail = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).first()

/** Opens an area's list; a click on an open one would fold it away. */
async function area(page: Page, name: string): Promise<void> {
  if ((await rail(page, name).getAttribute('aria-pressed')) !== 'true') await rail(page, name).click()
  await expect(page.getByRole('region', { name, exact: true })).toBeVisible()
}

const views: View[] = [
  {
    name: 'notebook',
    async open(page) {
      await area(page, 'Files')
      await page.getByRole('button', { name: 'churn.ipynb', exact: true }).click()
      await expect(page.locator('[data-cell="customers"]').getByRole('cell').first()).toBeVisible()
    },
  },
  {
    name: 'training',
    async open(page) {
      await page.locator('[data-cell="train-churn"]').scrollIntoViewIfNeeded()
      await page.locator('[data-cell="next"]').scrollIntoViewIfNeeded()
      await expect(page.locator('[data-cell="train-churn"]')).toContainText('0.848')
    },
  },
  {
    name: 'data',
    async open(page) {
      await area(page, 'Data')
      await page.getByRole('region', { name: 'Data' }).getByText('customers', { exact: true }).click()
      await expect(page.getByRole('tabpanel', { name: 'customers' }).getByRole('cell').first()).toBeVisible()
    },
  },
  {
    name: 'model',
    async open(page) {
      await area(page, 'Models')
      await page.getByRole('region', { name: 'Models' }).getByText('v1', { exact: true }).click()
      await expect(page.getByRole('tab', { name: 'Overview' })).toBeVisible()
    },
  },
  {
    name: 'signature',
    async open(page) {
      await page.getByRole('tab', { name: 'Signature' }).click()
      await expect(page.getByRole('cell', { name: 'monthly_charges' }).first()).toBeVisible()
    },
  },
  {
    name: 'deployment',
    async open(page) {
      await area(page, 'Deployments')
      await page.getByRole('region', { name: 'Deployments' }).getByText('churn').first().click()
      await expect(page.getByRole('form', { name: 'Request to churn' })).toBeVisible()
    },
  },
  {
    name: 'deployment-log',
    async open(page) {
      await page.getByRole('tab', { name: 'Log' }).click()
      await expect(page.getByRole('region', { name: /^Log, / })).toContainText('limits:')
    },
  },
  {
    name: 'deployment-resources',
    async open(page) {
      await page.getByRole('tab', { name: 'Resources' }).click()
      await expect(page.locator('.main-svg').first()).toBeVisible()
    },
  },
  {
    name: 'deployment-versions',
    async open(page) {
      await page.getByRole('tab', { name: 'Versions' }).click()
      await expect(page.getByText('What serves now')).toBeVisible()
    },
  },
  {
    name: 'monitoring',
    async open(page) {
      await area(page, 'Monitoring')
      await page.getByRole('region', { name: 'Monitoring' }).getByText('churn').first().click()
      await expect(page.getByRole('region', { name: /^Totals/ })).toContainText('600')
      await expect(page.locator('.main-svg').first()).toBeVisible()
    },
  },
  {
    name: 'fleet',
    async open(page) {
      await page.getByRole('region', { name: 'Monitoring' }).getByText('All deployments').click()
      await expect(page.getByRole('table').first()).toBeVisible()
    },
  },
  {
    name: 'settings',
    async open(page) {
      await rail(page, 'Settings').click()
      await expect(page.getByText('Theme').first()).toBeVisible()
    },
  },
]

for (const scheme of ['light', 'dark'] as const) {
  for (const [width, height] of [
    [1280, 720],
    [1600, 1000],
  ] as const) {
    test(`every panel is in order, ${scheme}, ${width}×${height}`, async ({ page }) => {
      test.setTimeout(360_000)
      await page.setViewportSize({ width, height })
      await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' })
      const failures: string[] = []
      page.on('pageerror', (error) => failures.push(error.message))
      await page.goto(engine.url)
      const start = page.getByRole('button', { name: /churn/ }).filter({ hasText: engine.folder })
      await expect(start.first().or(rail(page, 'Files'))).toBeVisible()
      if (await start.first().isVisible()) await start.first().click()
      for (const view of views) {
        await view.open(page)
        // Charts and fonts settle; nothing else here waits for time to pass.
        await page.mouse.move(width / 2, 0)
        await page.waitForTimeout(250)
        const path = join(pictures, `${view.name}-${scheme}-${width}.png`)
        await page.screenshot({ path })
        if (process.env.SLIPWAY_PICTURES && width === 1280 && documented.has(`${view.name}-${scheme}`)) {
          await mkdir(documentation, { recursive: true })
          await page.screenshot({ path: join(documentation, `${view.name}-${scheme}.png`) })
        }
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
        expect(wide, `${view.name} is wider than the window`).toBeLessThanOrEqual(0)
        // Accessibility is a matter of the theme, not of the size.
        if (width !== 1280) continue
        expect.soft(await brokenRules(page, scheme), view.name).toEqual([])
      }
      expect(failures).toEqual([])
    })
  }
}
