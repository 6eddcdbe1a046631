import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import { type CommandResult, runSlipway, stopDeployments } from './command-line.ts'

/** What `slipway models` does to a catalog of two versions, one of them deployed. */
test.describe.configure({ mode: 'serial' })

let home: string
let workspace: string
const options = () => ({ cwd: workspace, state: join(home, 'state') })
const run = (words: string[]): Promise<CommandResult> => runSlipway(words, options())

async function json(words: string[]): Promise<unknown> {
  const { out, err } = await run([...words, '--json'])
  expect(out, err).not.toBe('')
  return JSON.parse(out)
}

const cell = (id: string, kind: string, language: string, source: string) => ({
  cell_type: 'code',
  execution_count: null,
  id,
  metadata: { slipway: { kind, name: id }, vscode: { languageId: language } },
  outputs: [],
  source,
})
const trained = (id: string, l2: number) => {
  const model = { kind: 'logistic', l2 }
  return cell(
    id,
    'train',
    'json',
    JSON.stringify({ from: 'customers', target: 'churn', model, register: 'churn' }),
  )
}

test.beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'slipway-models-'))
  workspace = join(home, 'churn')
  await runSlipway(['init', workspace, '--sample', 'churn'], { cwd: home, state: join(home, 'state') })
  const notebook = {
    cells: [
      cell('customers', 'sql', 'sql', "from 'data/telco_churn.csv' limit 1500"),
      trained('first', 1),
      trained('second', 50),
    ],
    metadata: { kernelspec: { display_name: 'Slipway', name: 'slipway' }, slipway: { version: 1 } },
    nbformat: 4,
    nbformat_minor: 5,
  }
  await writeFile(join(workspace, 'two.ipynb'), JSON.stringify(notebook))
  const trainedBoth = await run(['run', 'two.ipynb'])
  expect(trainedBoth.code, trainedBoth.err).toBe(0)
})
test.afterAll(async () => {
  await stopDeployments(options())
  await rm(home, { recursive: true, force: true })
})

test('alias moves a name from version to version, and takes it away', async () => {
  expect(await json(['models', 'alias', 'churn:1', 'champion'])).toMatchObject({ ok: true, version: 1 })
  const moved = await run(['models', 'alias', 'churn:2', 'champion', '--why', 'it is simpler'])
  expect(moved.out.trim()).toBe('churn@champion is version 2.')
  expect(await json(['models', 'churn@champion'])).toMatchObject({ record: { version: 2 } })
  expect((await run(['models', 'history', 'churn'])).out).toContain('it is simpler')
  expect(await json(['models', 'alias', 'churn', 'champion', '--remove'])).toMatchObject({ version: null })
  expect((await run(['models', 'alias', 'churn', 'champion', '--remove'])).err).toContain(
    'has no alias "champion"',
  )
  expect((await run(['models', 'alias', 'churn:1', '9lives'])).code).toBe(2)
})

test('tag and untag change what a version is found by', async () => {
  expect(await json(['models', 'tag', 'churn:1', 'reviewed', 'small'])).toMatchObject({
    metadata: { tags: ['reviewed', 'small'] },
  })
  expect(await json(['models', 'untag', 'churn:1', 'small'])).toMatchObject({
    metadata: { tags: ['reviewed'] },
  })
})

test('diff names what two versions differ in', async () => {
  const { out } = await run(['models', 'diff', 'churn:1', 'churn:2'])
  expect(out).toMatch(/l2\s+1\s+50/)
  expect((await run(['models', 'diff', 'churn:1', 'churn:1'])).out.trim()).toBe('They are equal.')
})

test('--compare measures the others against the first one', async () => {
  const { out } = await run(['models', 'churn:1', 'churn:2', '--compare'])
  expect(out).toContain('churn:2 − churn:1')
  expect(out).toContain('95 % bootstrap intervals')
  const comparison = await json(['models', 'churn:1', 'churn:2', '--compare'])
  expect(comparison).toMatchObject({ versions: [{ version: 1 }, { version: 2 }] })
  expect((await run(['models', 'churn:1', '--compare'])).err).toContain(
    '--compare takes 2 to 6 versions, found 1.',
  )
})

test('--report that cannot be written names its place', async () => {
  const path = join(home, 'nowhere', 'report.html')
  const absent = await run(['models', 'churn:1', '--report', path])
  expect(absent.code).toBe(1)
  expect(absent.err).toContain(`${path} was not saved: there is no such folder (ENOENT).`)
  const folder = await run(['models', 'churn:1', '--report', home])
  expect(folder.err).toContain(`${home} was not saved: a folder stands there (EISDIR).`)
})

test('--report writes the evaluation as one page', async () => {
  const path = join(home, 'report.html')
  const written = await json(['models', 'churn:1', '--report', path])
  const html = await readFile(path, 'utf8')
  expect(written).toEqual({ ok: true, path, bytes: Buffer.byteLength(html) })
  expect(html).toContain('<!doctype html>')
  expect(html).toContain('churn')
  expect(html).not.toMatch(/<(script|link|img)[^>]+(src|href)="https?:/)
})

test('introspect --bundle boots what it tests', async () => {
  const { out, code } = await run(['models', 'introspect', 'churn:1', '--bundle', '--json'])
  expect(code).toBe(0)
  const { ok, tests } = JSON.parse(out) as { ok: boolean; tests: { name: string; status: string }[] }
  expect(ok).toBe(true)
  expect(new Set(tests.map(({ status }) => status))).toEqual(new Set(['Passed']))
  const without = (await json(['models', 'introspect', 'churn:1'])) as { tests: { status: string }[] }
  expect(without.tests.map(({ status }) => status)).toContain('Not Tested')
  expect(without.tests.length).toBe(tests.length)
})

test('delete refuses a version that is deployed, and deletes one that is not', async () => {
  const bundle = join(home, 'bundle')
  expect((await run(['package', 'churn:2', '--out', bundle])).code).toBe(0)
  expect((await run(['deploy', bundle, '--name', 'live'])).code).toBe(0)
  const refused = await run(['models', 'delete', 'churn:2'])
  expect(refused.code).toBe(1)
  expect(refused.err).toContain('live')
  expect(await json(['models', 'delete', 'churn:1'])).toMatchObject({ ok: true, version: 1 })
  expect((await run(['models', 'churn:1'])).code).toBe(1)
  expect(await json(['models', 'churn:2'])).toMatchObject({ record: { version: 2 } })
})
