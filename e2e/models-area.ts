import { cp, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Locator, Page } from '@playwright/test'
import { serializeNotebook } from '../shared/notebook/codec.ts'
import type { Cell } from '../shared/notebook/notebook.ts'
import { openArea } from './areas.ts'
import { root, runSlipway } from './command-line.ts'
import { type Engine, expect, startEngine } from './workbench.ts'

const train = (id: string, target: string, model: object, register: string): Cell => ({
  id,
  kind: 'train',
  name: id,
  source: JSON.stringify({ from: 'people', target, model, register }),
})
/** What few.ipynb holds. */
export const cells: Cell[] = [
  {
    id: 'people',
    kind: 'sql',
    name: 'people',
    source: "select churn, tenure, contract, monthly_charges from 'data/telco_churn.csv' limit 1200",
  },
  train('first', 'churn', { kind: 'logistic' }, 'leaving'),
  train('second', 'churn', { kind: 'gbdt', trees: 8 }, 'leaving'),
  train('bill', 'monthly_charges', { kind: 'linear' }, 'bill'),
]

/** An engine without a workspace, beside one in which few.ipynb trained two versions of `leaving` and one of `bill`. */
export async function startWithModels(): Promise<Engine> {
  const started = await startEngine(null)
  const folder = join(started.folder, '../churn')
  await cp(join(root, 'resources/samples/churn'), folder, { recursive: true })
  await writeFile(join(folder, 'few.ipynb'), serializeNotebook({ cells }))
  const ran = await runSlipway(['run', 'few.ipynb'], { cwd: folder, state: join(folder, '../state') })
  expect(ran.code, ran.err).toBe(0)
  return { ...started, folder }
}

export const list = (page: Page): Locator => page.getByRole('region', { name: 'Models', exact: true })
export const item = (page: Page, model: string, version: number) =>
  list(page).locator(`[title^="${model} version ${version}"]`)

export async function openVersion(page: Page, model: string, version: number): Promise<void> {
  await openArea(page, 'Models')
  await item(page, model, version).click()
  await expect(page.getByRole('heading', { name: `${model} v${version}` })).toBeVisible()
}

export const openTab = (page: Page, name: string) => page.getByRole('tab', { name, exact: true }).click()

/** What the list shows, from top to bottom. */
export async function expectListed(page: Page, versions: readonly string[]): Promise<void> {
  const titles = list(page).locator('[title*=" version "]')
  await expect(titles).toHaveCount(versions.length)
  for (const [at, version] of versions.entries()) {
    await expect(titles.nth(at)).toHaveAttribute('title', new RegExp(`^${version}`))
  }
}

/** The machine that the tests run on, as a target: its Node is at hand. */
export const thisTarget = `${process.platform}-${process.arch}`
const targetNames: Record<string, RegExp> = {
  'linux-x64': /^Linux x64/,
  'linux-arm64': /^Linux ARM64/,
  'darwin-arm64': /^macOS Apple silicon/,
  'darwin-x64': /^macOS Intel/,
  'win32-x64': /^Windows x64/,
}
export const thisTargetName = targetNames[thisTarget] ?? /Node inside/
