import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Page } from '@playwright/test'
import { type CommandResult, runSlipway } from './command-line.ts'
import { test as base, type Engine, expect, startEngine } from './workbench.ts'

/**
 * From the Models panel to a working command in three clicks, and what becomes of a deployment when its process, or the
 * engine, is killed. One workspace with one trained model; the tests follow one another.
 */
let engine: Engine
let slipway: (words: string[]) => Promise<CommandResult>
const test = base.extend<{ models: Page }>({
  models: async ({ page }, use) => {
    const problems: string[] = []
    page.on('pageerror', (error) => problems.push(error.message))
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
    await page.goto(engine.url)
    await use(page)
    expect(problems).toEqual([])
  },
})

interface Deployed {
  state: string
  pid: number
  endpoint: string
  restarts: number
  bundle: string
}
const deployed = async (): Promise<Deployed> =>
  (JSON.parse((await slipway(['deployments', '--json'])).out) as Deployed[])[0]!

test.describe.configure({ mode: 'serial' })
test.beforeAll(async () => {
  test.setTimeout(180_000)
  engine = await startEngine('churn')
  const state = join(engine.folder, '../state')
  slipway = (words) => runSlipway(words, { cwd: engine.folder, state })
})
test.afterAll(async () => {
  await engine.stop()
})

test('from the Models panel to a working curl in three clicks', async ({ models: page }) => {
  test.setTimeout(180_000)
  await test.step('a model is trained', async () => {
    await page.getByRole('button', { name: 'churn.ipynb', exact: true }).click()
    await page.getByRole('button', { name: 'Run all' }).click()
    await expect(page.locator('[data-cell="train-churn"]')).toHaveAttribute('data-status', 'done', {
      timeout: 60_000,
    })
    await page.getByRole('button', { name: 'Models', exact: true }).first().click()
  })
  const row = page.getByRole('region', { name: 'Models' }).getByRole('button', { name: /^v1\b/ })
  await expect(row).toBeVisible()

  await page.getByRole('region', { name: 'Models' }).getByRole('button', { name: 'Package churn v1' }).click()
  const deploy = page.getByRole('dialog').getByRole('button', { name: 'Deploy', exact: true })
  await expect(deploy).toBeEnabled({ timeout: 90_000 })
  await deploy.click()
  await page.getByRole('button', { name: 'Copy curl' }).click({ timeout: 30_000 })

  await expect(page.getByRole('button', { name: 'Copied' })).toBeVisible()
  const command = await page.evaluate(() => navigator.clipboard.readText())
  expect(command).toMatch(/^curl /)
  const { stdout } = await promisify(execFile)('sh', ['-c', command])
  const answer = JSON.parse(stdout)
  expect(answer.model).toEqual({ name: 'churn', version: 1 })
  // The same row through the form gives what the copied command printed.
  await page.getByRole('button', { name: 'Send request' }).click()
  await page.getByText('Body as it came').click()
  const body = JSON.parse((await page.locator('.sw-deploy-raw pre').textContent()) ?? '')
  expect(body.prediction).toEqual(answer.prediction)
  expect(body.probabilities).toEqual(answer.probabilities)
})

async function openDeployment(page: Page): Promise<void> {
  const rail = page.getByRole('button', { name: 'Deployments', exact: true }).first()
  // The layout is remembered, and a click on an open list would fold it away.
  if ((await rail.getAttribute('aria-pressed')) !== 'true') await rail.click()
  await page.getByRole('region', { name: 'Deployments' }).getByRole('button', { name: /churn/ }).click()
}

test('a killed deployment is started again, and the page and the log say so', async ({ models: page }) => {
  await openDeployment(page)
  const before = await deployed()
  await page.getByRole('tab', { name: 'Log' }).click()
  const log = page.getByRole('region', { name: /^Log, / })
  await expect(log).toContainText('limits:')
  await page.getByRole('combobox', { name: 'Level' }).click()
  await page.getByRole('option', { name: 'Warnings and errors' }).click()
  await expect(page.getByText(/None of .* fits the level/)).toBeVisible()

  process.kill(before.pid, 'SIGKILL')
  await expect(log).toContainText('starting it again in 0.5 s (restart 1 of at most 8 in a row)')
  await expect(page.getByText('1 restart, the last')).toBeVisible()
  await expect.poll(deployed).toMatchObject({ state: 'ACTIVE', endpoint: before.endpoint, restarts: 1 })

  await page.getByRole('button', { name: 'Pause' }).click()
  process.kill((await deployed()).pid, 'SIGKILL')
  await expect(
    page
      .getByRole('button', { name: 'Follow, 1 new' })
      .or(page.getByRole('button', { name: /^Follow, [2-9]/ })),
  ).toBeVisible()
  await expect(log).not.toContainText('restart 2 of')
  await page.getByRole('button', { name: /^Follow, / }).click()
  await expect(log).toContainText('restart 2 of at most 8')
  await page.getByRole('textbox', { name: 'Find in the log' }).fill('restart 1 of')
  await expect(log).not.toContainText('restart 2 of')
  await expect.poll(deployed).toMatchObject({ state: 'ACTIVE', restarts: 2 })
  const logs = await slipway(['logs', 'churn', '--level', 'warn', '--json'])
  expect(JSON.parse(logs.out).lines).toHaveLength(2)
})

test('resources of every process are drawn, and another version serves without a stop', async ({
  models: page,
}) => {
  await openDeployment(page)
  const { bundle, endpoint } = await deployed()
  await page.getByRole('tab', { name: 'Resources' }).click()
  for (const title of ['CPU, % of one core', 'Memory, MB', 'Event-loop delay, ms'])
    await expect(page.getByRole('region', { name: title }).locator('.main-svg').first()).toBeVisible()
  await expect(page.getByRole('row', { name: /^Replica running/ })).toBeVisible()

  const packaged = await slipway([
    'package',
    'churn:1',
    '--out',
    join(engine.folder, '.slipway/bundles/churn-again'),
  ])
  expect(packaged.code, packaged.err).toBe(0)
  await page.getByRole('tab', { name: 'Versions' }).click()
  await page.getByRole('button', { name: 'Start canary' }).click()
  await expect(page.getByText('Canary, answers 10 % by id')).toBeVisible()
  const roles = async () => (await fetch(`${endpoint}/admin/model`)).json()
  expect(await roles()).toMatchObject({ canary: { fraction: 0.1 }, active: { folder: bundle } })
  await page.getByRole('button', { name: 'Promote' }).click()
  await expect(page.getByText('Canary, answers')).toBeHidden()
  expect((await deployed()).bundle).toMatch(/churn-again$/)
  expect((await slipway(['deploy', bundle, '--name', 'churn', '--replace'])).code).toBe(0)
  expect(await roles()).toMatchObject({ active: { folder: bundle }, canary: null })
})

test('a deployment outlives the engine, and the next engine adopts it', async ({ browser }) => {
  const before = await deployed()
  await engine.restart()
  expect(await deployed()).toMatchObject({ state: 'ACTIVE', pid: before.pid, endpoint: before.endpoint })
  const page = await browser.newPage()
  await page.goto(engine.url)
  await openDeployment(page)
  await page.getByRole('button', { name: 'Send request' }).click()
  await expect(page.getByLabel('Probabilities')).toBeVisible()
  process.kill(before.pid, 'SIGKILL')
  await expect.poll(deployed).toMatchObject({ state: 'ACTIVE', restarts: 3 })
  const active = page.getByRole('switch', { name: 'churn is active' })
  await active.click({ force: true })
  await expect
    .poll(deployed, { timeout: 20_000 })
    .toMatchObject({ state: 'INACTIVE', endpoint: before.endpoint })
  await page.close()
})
