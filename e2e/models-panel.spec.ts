import { truncate } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { expectAccessible } from './accessibility.ts'
import { openArea, rail } from './areas.ts'
import { stopDeployments } from './command-line.ts'
import {
  cells,
  expectListed,
  item,
  list,
  openTab,
  openVersion,
  startWithModels,
  thisTarget,
  thisTargetName,
} from './models-area.ts'
import { test as base, choose, type Engine, expect } from './workbench.ts'

/**
 * The Models area by mouse and keyboard: a catalog of three small versions is described, searched, compared, tested,
 * packaged, deployed and thinned out. The tests follow one another.
 */
let engine: Engine
const test = base.extend<{ window: Page }>({
  window: async ({ page }, use) => {
    const problems: string[] = []
    page.on('pageerror', (error) => problems.push(error.message))
    page.on('console', (message) => {
      if (message.type() === 'error') problems.push(message.text())
    })
    await page.goto(engine.url)
    const start = page.getByRole('button', { name: /churn/ }).filter({ hasText: engine.folder }).first()
    await expect(start.or(rail(page, 'Models'))).toBeVisible()
    if (await start.isVisible()) await start.click()
    await openArea(page, 'Models')
    await use(page)
    expect(problems).toEqual([])
  },
})

test.describe.configure({ mode: 'serial' })
test.beforeAll(async () => {
  engine = await startWithModels()
})
test.afterAll(async () => {
  await stopDeployments({ cwd: engine.folder, state: join(engine.folder, '../state') })
  await engine.stop()
})

const [leaving1, leaving2, bill] = ['leaving version 1', 'leaving version 2', 'bill version 1'] as const

test('a version gets aliases, tags and a card of its own, and its history says why', async ({
  window: page,
}) => {
  const give = async (alias: string, why: string) => {
    await page.getByRole('button', { name: 'Alias', exact: true }).click()
    await page.getByRole('textbox', { name: 'New alias' }).fill(alias)
    await page.getByRole('textbox', { name: 'Why' }).fill(why)
    await page.keyboard.press('Enter')
    await expect(page.getByRole('button', { name: `Remove the alias ${alias}` })).toBeVisible()
  }

  await test.step('an alias moves to the version that it is given to, and can be taken away', async () => {
    await openVersion(page, 'leaving', 1)
    await give('champion', 'it was the first')
    await expect(item(page, 'leaving', 1)).toContainText('champion')
    await openVersion(page, 'leaving', 2)
    await give('champion', 'trees see more')
    await expect(item(page, 'leaving', 1)).not.toContainText('champion')
    await give('spare', 'in case')
    await page.getByRole('button', { name: 'Remove the alias spare' }).click()
    const asked = page.getByRole('form', { name: 'Remove the alias spare' })
    await asked.getByRole('textbox', { name: 'Why' }).fill('it was not needed')
    await asked.getByRole('button', { name: 'Remove' }).click()
    await expect(item(page, 'leaving', 2)).not.toContainText('spare')
    await expect(item(page, 'leaving', 2)).toContainText('champion')
  })

  await test.step('tags and a description are saved with a reason', async () => {
    const about = page.getByRole('region', { name: 'About' })
    await about.getByRole('button', { name: 'Edit' }).click()
    await about.getByRole('textbox', { name: 'Description' }).fill('Who leaves within the month.')
    const tags = about.getByRole('combobox', { name: 'Tags' }).or(about.getByLabel('Tags')).first()
    await tags.click()
    await page.keyboard.type('reviewed')
    await page.keyboard.press('Enter')
    await expectAccessible(page, 'the form of About')
    await about.getByRole('textbox', { name: 'Why' }).fill('read by two people')
    // A look at another tab loses nothing of it.
    await openTab(page, 'Evaluation')
    await openTab(page, 'Overview')
    await about.getByRole('button', { name: 'Save' }).click()
    await expect(about.getByText('Who leaves within the month.')).toBeVisible()
    await expect(item(page, 'leaving', 2)).toContainText('reviewed')
  })

  await test.step('the card is written over, previewed, and the generated one brought back', async () => {
    const card = page.getByRole('region', { name: 'Card' })
    await card.getByRole('button', { name: 'Edit' }).click()
    await card.getByRole('textbox', { name: 'Card in Markdown' }).fill('## Meant for\n\nThe retention team.')
    await card.getByText('Preview', { exact: true }).click()
    await expect(card.getByRole('heading', { name: 'Meant for' })).toBeVisible()
    await card.getByRole('button', { name: 'Save' }).click()
    await expect(card.getByText('edited', { exact: true })).toBeVisible()
    await expect(card.getByText('The retention team.')).toBeVisible()
    await card.getByRole('button', { name: 'Back to the generated one' }).click()
    await expect(card.getByText('The retention team.')).toBeHidden()
  })

  await test.step('the history of both versions tells it, with the reasons', async () => {
    await openTab(page, 'History')
    for (const row of [
      /Got the alias champion from version 1 trees see more/,
      /Lost the alias spare it was not needed/,
      /Edited: description, tags read by two people|Edited: tags, description read by two people/,
      /Edited: card/,
      /Trained and registered/,
    ]) {
      await expect(page.getByRole('row', { name: row }).first()).toBeVisible()
    }
    await openVersion(page, 'leaving', 1)
    await openTab(page, 'History')
    await expect(page.getByRole('row', { name: /Lost the alias champion to version 2/ })).toBeVisible()
  })
})

test('the list finds by word, tag, taxonomy and metric, and sorts', async ({ window: page }) => {
  const search = list(page).getByRole('textbox', { name: 'Find by name, tag or column' })
  await test.step('by words of names, tags and columns', async () => {
    await expectListed(page, [bill, leaving2, leaving1])
    await search.fill('reviewed')
    await expectListed(page, [leaving2])
    await search.fill('leaving logistic')
    await expectListed(page, [leaving1])
    await search.fill('nothing of the kind')
    await expect(list(page).getByText('No model fits the search.')).toBeVisible()
    await list(page).getByRole('button', { name: 'Show all models' }).click()
    await expectListed(page, [bill, leaving2, leaving1])
  })

  await page.getByRole('button', { name: 'Filter and sort the models' }).click()
  const clear = page.getByRole('button', { name: 'Clear the filters' })
  await test.step('by taxonomy, tag and metric', async () => {
    await choose(page, 'Taxonomy', 'regression')
    await expectListed(page, [bill])
    await clear.click()
    await choose(page, 'Tags', 'reviewed')
    await expectListed(page, [leaving2])
    await expect(page.getByRole('option', { name: 'reviewed' })).toBeVisible()
    await page.keyboard.press('Escape')
    await expect(page.getByRole('option', { name: 'reviewed' })).toBeHidden()
    await clear.click()
    const metric = page.getByRole('textbox', { name: 'Metric' })
    await metric.fill('auc > ')
    await expect(page.getByText('A metric, >=, <=, > or <, and a number')).toBeVisible()
    await expectAccessible(page, 'the filters')
    await metric.fill('auc > 0.5')
    await expectListed(page, [leaving2, leaving1])
    await metric.fill('rmse < 1')
    await expect(list(page).getByText('No model fits the search.')).toBeVisible()
    await clear.click()
    await expectListed(page, [bill, leaving2, leaving1])
  })

  await test.step('in the order asked for', async () => {
    await choose(page, 'Sort by', 'Best metric first')
    await expectListed(page, [leaving1, leaving2, bill])
    await choose(page, 'Sort by', 'Name')
    await page.keyboard.press('Escape')
    await expect(clear).toBeHidden()
    await expectListed(page, [bill, leaving2, leaving1])
  })
})

test('a version is compared part by part, tested, and scores a relation in a notebook', async ({
  window: page,
}) => {
  await openVersion(page, 'leaving', 2)
  await test.step('Diff names what differs from the version before, or from any other', async () => {
    await openTab(page, 'Diff')
    await expect(page.getByRole('row', { name: 'model.kind logistic gbdt' })).toBeVisible()
    await expect(page.getByText('No difference.').first()).toBeVisible()
    await expectAccessible(page, 'Diff')
    await choose(page, 'Compared with', 'bill:1')
    await expect(page.getByRole('row', { name: 'target monthly_charges churn' })).toBeVisible()
    await expect(page.getByRole('region', { name: 'Columns of requests' })).toContainText('monthly_charges')
  })

  await test.step('Checks run the model on its recorded rows', async () => {
    await openTab(page, 'Checks')
    await expect(page.getByText('Not tested yet.')).toBeVisible()
    await page.getByRole('button', { name: 'Run the tests' }).click()
    await expect(page.getByText(/^\d+ passed, 0 failed, \d+ not tested/)).toBeVisible({ timeout: 30_000 })
    const passed = page.getByRole('list', { name: 'Checks' }).getByRole('img', { name: 'passed' })
    await expect(passed.first()).toBeVisible()
    await openTab(page, 'History')
    await expect(page.getByRole('row', { name: /Tested, none failed/ })).toBeVisible()
  })

  await test.step('Load in notebook adds a cell that scores with the champion', async () => {
    await page.getByRole('button', { name: 'Load in notebook' }).click()
    const dialog = page.getByRole('dialog', { name: 'Load in notebook' })
    await expect(dialog.getByText("from predict('leaving@champion', people)")).toBeVisible()
    await dialog.getByText('TypeScript cell').click()
    await expect(dialog.getByText("catalog.load('leaving@champion')")).toBeVisible()
    await dialog.getByText('SQL cell').click()
    await dialog.getByRole('button', { name: 'Add the cell' }).click()
    const added = page.locator('[data-cell]').nth(cells.length)
    await expect(added).toContainText("predict('leaving@champion', people)")
    await added.getByRole('button', { name: 'Run this cell' }).click()
    await expect(added).toHaveAttribute('data-status', 'done', { timeout: 30_000 })
    await expect(added.getByText('1,200 rows').first()).toBeVisible()
  })
})

test('the train cell’s model is packaged: cancelled, held back by a gate, and for a target of choice', async ({
  window: page,
}) => {
  test.setTimeout(240_000)
  await openArea(page, 'Files')
  await page.getByRole('button', { name: 'few.ipynb', exact: true }).click()
  const trained = page.getByRole('region', { name: 'leaving version 2' })
  await trained.getByRole('button', { name: 'Package' }).click()
  const sheet = page.getByRole('dialog', { name: 'Package leaving v2' })
  const again = sheet.getByRole('button', { name: 'Package again' })
  const check = (name: string | RegExp) => sheet.getByRole('listitem').filter({ hasText: name })

  await test.step('Cancel stops it, and the target can be chosen again', async () => {
    await sheet.getByRole('button', { name: 'Cancel' }).click()
    await expect(sheet.getByText('Packaging was cancelled')).toBeVisible()
    await expect(sheet.getByRole('combobox', { name: 'Runs on' })).toBeEnabled()
  })

  await test.step('a gate that the version misses holds the bundle back', async () => {
    await sheet.getByText('Metric gates', { exact: true }).click()
    await sheet.getByRole('textbox', { name: 'Why' }).fill('only the very best')
    await sheet.getByRole('textbox', { name: 'New metric gate' }).fill('auc >= 0.999')
    await sheet.getByRole('button', { name: 'Add gate' }).click()
    await expect(sheet.getByRole('button', { name: 'Remove the gate auc >= 0.999' })).toBeVisible()
    await again.click()
    await expect(sheet.getByRole('alert')).toContainText('did not pass every check', { timeout: 60_000 })
    await expect(check('Gate auc >= 0.999').getByRole('img', { name: 'failed' })).toBeVisible()
    await expect(check('Gate auc >= 0.999')).toContainText('held-out rows')
    await expect(sheet.getByRole('button', { name: 'Deploy' })).toBeHidden()
    await expectAccessible(page, 'the sheet with a missed gate')
    await sheet.getByRole('button', { name: 'Remove the gate auc >= 0.999' }).click()
    await expect(sheet.getByRole('form', { name: 'Metric gates' })).not.toContainText('0.999')
  })

  await test.step('for a machine of choice it is packaged with Node inside, and keeps the gate', async () => {
    await sheet.getByRole('textbox', { name: 'New metric gate' }).fill('auc >= champion - 0.01')
    await sheet.getByRole('button', { name: 'Add gate' }).click()
    await expect(sheet.getByRole('button', { name: 'Remove the gate auc >= champion - 0.01' })).toBeVisible()
    await choose(page, 'Runs on', thisTargetName)
    await expect(sheet.getByRole('button', { name: 'Deploy' })).toBeVisible({ timeout: 90_000 })
    await expect(check('Gate auc >= champion - 0.01')).toBeVisible()
    await expect(sheet.getByText(/^\d{2,3}(\.\d)?\sMB$/)).toBeVisible()
    await expect(sheet.getByText('Metric gates', { exact: true })).toBeInViewport()
  })

  await test.step('it is packed as one file to send, once', async () => {
    await sheet.getByRole('button', { name: 'Pack as one file' }).click()
    await expect(sheet.getByText(/leaving-2-.*\.tar\.gz$/)).toBeVisible({ timeout: 60_000 })
    await expect(sheet.getByRole('button', { name: 'Pack as one file' })).toBeHidden()
    await expect(sheet.getByText(/^\d{2,3}(\.\d)?\sMB$/)).toHaveCount(2)
  })

  await test.step('Checks keep the report of what packaging proved', async () => {
    await page.keyboard.press('Escape')
    await openTab(page, 'Checks')
    const report = page.getByRole('region', { name: `Verification of the bundle for ${thisTarget}` })
    await expect(report).toContainText('Passed on')
    await expect(report.getByRole('list', { name: 'Checks' })).toContainText('Gate auc >= champion')
  })
})

test('a deployed version is kept from deletion until its deployment is removed', async ({ window: page }) => {
  test.setTimeout(180_000)
  const remove = async () => {
    await page.getByRole('button', { name: 'More actions' }).click()
    await page.getByRole('menuitem', { name: 'Delete' }).click()
    const dialog = page.getByRole('dialog', { name: 'Delete leaving version 1?' })
    await dialog.getByRole('textbox', { name: 'Why' }).fill('the trees took over')
    await dialog.getByRole('button', { name: 'Delete' }).click()
    return dialog
  }
  await openVersion(page, 'leaving', 1)
  await page.getByRole('button', { name: 'Deploy', exact: true }).click()
  const sheet = page.getByRole('dialog', { name: 'Deploy leaving v1' })
  const name = sheet.getByRole('textbox', { name: 'Name' })
  await expect(name).toHaveValue('leaving', { timeout: 60_000 })
  await name.fill('live')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('form', { name: 'Request to live' })).toBeVisible({ timeout: 60_000 })

  await openVersion(page, 'leaving', 1)
  const refused = await remove()
  await expect(refused.getByRole('alert')).toContainText('it is deployed as "live"')
  await expectAccessible(page, 'the refused deletion')
  await refused.getByRole('button', { name: 'Keep it' }).click()

  await openArea(page, 'Deployments')
  await page.getByRole('region', { name: 'Deployments' }).getByRole('button', { name: /live/ }).click()
  await page.getByRole('button', { name: 'Remove live' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Remove live' }).click()
  await expect(page.getByText('The deployment live was removed.')).toBeVisible()

  await openVersion(page, 'leaving', 1)
  await expect(await remove()).toBeHidden()
  await expectListed(page, [bill, leaving2])
  // Its page has nothing to act on any more.
  await expect(page.getByText('Version 1 of "leaving" was deleted')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Package', exact: true })).toBeHidden()
  await page.getByRole('button', { name: 'Close this tab' }).click()
  await expect(page.getByRole('tab', { name: 'leaving v1' })).toHaveCount(0)
})

test('a damaged version is named above the others with what to do', async ({ window: page }) => {
  const home = join(engine.folder, '.slipway', 'catalog', 'bill', '1')
  await truncate(join(home, 'version.json'), 100)
  await page.reload()
  await openArea(page, 'Models')
  const note = list(page).getByRole('alert')
  await expect(note).toContainText('model bill version 1 is not JSON')
  await expect(note).toContainText(`Restore the folder ${home} from a copy`)
  await expectListed(page, [leaving2])
  await openVersion(page, 'leaving', 2)
  await expectAccessible(page, 'the list with a damaged version')
})
