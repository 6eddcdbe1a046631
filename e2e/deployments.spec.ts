import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Page } from '@playwright/test'
import { expectAccessible } from './accessibility.ts'
import { type CommandResult, runSlipway } from './command-line.ts'
import { test as base, choose, type Engine, expect, startEngine } from './workbench.ts'

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

/** The layout is remembered, and a click on an open list would fold it away. */
async function openArea(page: Page, name: string): Promise<void> {
  const rail = page.getByRole('button', { name, exact: true }).first()
  if ((await rail.getAttribute('aria-pressed')) !== 'true') await rail.click()
}

async function openDeployment(page: Page): Promise<void> {
  await openArea(page, 'Deployments')
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

/** The form at the end of the sheet, for the version's newest bundle. */
async function openDeployForm(page: Page, name: string) {
  await openArea(page, 'Models')
  await page
    .getByRole('region', { name: 'Models', exact: true })
    .getByRole('button', { name: /^v1\b/ })
    .click()
  await page.getByRole('button', { name: 'Deploy', exact: true }).click()
  const form = page.getByRole('form', { name: 'Deploy' })
  await form.getByRole('textbox', { name: 'Name' }).fill(name)
  return form
}

test('a deployment is given settings, which are shown and changed with a restart, secrets by name alone', async ({
  models: page,
}) => {
  const predict = async (endpoint: string, rows: number, headers = {}) => {
    const body = JSON.stringify({ data: Array.from({ length: rows }, () => ({})) })
    return (await fetch(`${endpoint}/predict`, { method: 'POST', body, headers })).status
  }
  const form = await openDeployForm(page, 'limited')
  const deploy = form.getByRole('button', { name: 'Deploy' })
  await test.step('when it is deployed, where a value out of range is refused', async () => {
    await form.getByText('Settings', { exact: true }).click()
    const add = form
      .getByRole('combobox', { name: 'Add a setting' })
      .or(form.getByLabel('Add a setting'))
      .first()
    await add.fill('SLIPWAY_PORT')
    await expect(page.getByText('SLIPWAY_PORT cannot be set for a deployment')).toBeVisible()
    await add.fill('rows of a request')
    await page.getByRole('option', { name: /^SLIPWAY_ROWS/ }).click()
    const rows = form.getByRole('textbox', { name: 'SLIPWAY_ROWS' })
    await expect(rows).toBeFocused()
    await page.keyboard.type('0')
    await expect(form).toContainText('SLIPWAY_ROWS is "0", expected a number from 1 to 10000000.')
    await expect(deploy).toBeDisabled()
    await expectAccessible(page, 'the form with a refused setting')
    await rows.fill('3')
    await deploy.click()
  })

  const settings = page.getByRole('form', { name: 'Settings of limited' })
  await test.step('on its page, where they are changed', async () => {
    await page.getByRole('tab', { name: 'Settings' }).click({ timeout: 30_000 })
    await expect(settings.getByRole('textbox', { name: 'SLIPWAY_ROWS' })).toHaveValue('3')
    await settings.getByRole('textbox', { name: 'SLIPWAY_ROWS' }).fill('2')
    await choose(page, 'Add a setting', /^SLIPWAY_TOKEN/)
    await settings.getByLabel('SLIPWAY_TOKEN', { exact: true }).fill('sesame-open')
    await settings.getByRole('button', { name: 'Restart with these' }).click()
    await expect(settings.getByPlaceholder('Set, and not shown; type another to replace it')).toHaveValue(
      '',
      {
        timeout: 30_000,
      },
    )
    await expect(settings.getByRole('textbox', { name: 'SLIPWAY_ROWS' })).toHaveValue('2')
    await expectAccessible(page, 'the settings of a deployment')
  })

  await test.step('and they are in force', async () => {
    const all = JSON.parse((await slipway(['deployments', '--json'])).out) as (Deployed & { name: string })[]
    const { endpoint = '' } = all.find(({ name }) => name === 'limited') ?? {}
    const token = { authorization: 'Bearer sesame-open' }
    expect(await predict(endpoint, 1)).toBe(401)
    expect(await predict(endpoint, 3, token)).toBe(413)
    await page.getByRole('tab', { name: 'Request' }).click()
    await page.getByRole('button', { name: 'Send request' }).click()
    await expect(page.getByLabel('Probabilities')).toBeVisible()
    await expect(page.getByTestId('snippet')).toContainText('authorization: Bearer $SLIPWAY_TOKEN')
  })
})

test('a bundle that is not signed is deployed, and swapped to, once its reader says so', async ({
  models: page,
}) => {
  const takeSignature = async (bundle: string) => {
    const manifest = join(engine.folder, '.slipway/bundles', bundle, 'manifest.json')
    const { signature: _, ...unsigned } = JSON.parse(await readFile(manifest, 'utf8'))
    await writeFile(manifest, `${JSON.stringify(unsigned, null, 2)}\n`)
  }
  await takeSignature('churn-again')

  const form = await openDeployForm(page, 'trusted')
  await expect(page.getByText('This bundle is not signed')).toBeVisible()
  await form.getByRole('button', { name: 'Deploy', exact: true }).click()
  await expect(form.getByRole('alert')).toContainText('nobody vouches for its files')
  await expectAccessible(page, 'the refusal of a bundle that is not signed')
  await form.getByRole('button', { name: 'Deploy it all the same' }).click()
  await expect(page.getByRole('form', { name: 'Request to trusted' })).toBeVisible({ timeout: 30_000 })

  await takeSignature('churn-1')
  await page.getByRole('tab', { name: 'Versions' }).click()
  const serves = page.getByRole('region', { name: 'What serves now' })
  await expect(serves.getByTitle(/churn-again$/)).toBeVisible()
  await page.getByRole('button', { name: 'Swap to it' }).click()
  const other = page.getByRole('region', { name: 'Another version' })
  await expect(other.getByRole('alert')).toContainText('nobody vouches for its files')
  await other.getByRole('button', { name: 'Use it all the same' }).click()
  await expect(serves.getByTitle(/churn-1$/)).toBeVisible()
})
