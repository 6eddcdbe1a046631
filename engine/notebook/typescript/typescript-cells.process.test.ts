import { afterEach, expect, test } from 'vitest'
import type { Cell } from '../../../shared/notebook/notebook.ts'
import { cell, type NotebookFixture, notebookName, openFixture } from '../fixtures/notebook-fixture.ts'

let fixture: NotebookFixture
afterEach(() => fixture.close())

async function ran(...cells: Cell[]): Promise<NotebookFixture> {
  fixture = await openFixture(cells)
  await fixture.run({ type: 'all' })
  return fixture
}

const ts = (name: string, source: string) => cell('typescript', name, source)

test('the last expression is displayed, with types stripped', async () => {
  await ran(ts('a', 'const n: number = 20\ninterface X { y: string }\nn + 1'))
  expect((await fixture.cell('a')).outputs).toEqual([
    { type: 'text', stream: 'result', text: '21', omitted: 0 },
  ])
})

test('the last expression may stand in brackets', async () => {
  await ran(ts('a', 'const mean = 2;\n({ mean, n: 3 });'), ts('b', '(function () { return 4 })()'))
  expect(JSON.stringify((await fixture.cell('a')).outputs)).toContain('mean')
  expect((await fixture.cell('a')).state.status).toBe('done')
  expect((await fixture.cell('b')).outputs).toMatchObject([{ text: '4' }])
})

test('exported bindings are visible to other cells, everything else is local', async () => {
  await ran(
    ts('b', 'scale(2) + offset'),
    ts('a', 'const factor = 10\nexport const scale = (x: number) => x * factor, offset = 1'),
    ts('c', 'typeof factor'),
  )
  expect((await fixture.cell('b')).upstream).toEqual(['a'])
  expect((await fixture.cell('b')).outputs).toMatchObject([{ text: '21' }])
  expect((await fixture.cell('c')).outputs).toMatchObject([{ text: 'undefined' }])
})

test('sql`…` sends values as parameters and gives rows with plain numbers', async () => {
  await ran(
    cell('sql', 'people', "select * from (values ('Ann', 30), ('O''Neil', 41)) t(name, age)"),
    ts(
      'a',
      `const name = "O'Neil"\nawait sql\`select name, age, count(*) over () as n from people where name = \${name} and age > \${40}\``,
    ),
  )
  const view = await fixture.cell('a')
  expect(view.upstream).toEqual(['people'])
  expect(view.outputs).toEqual([
    { type: 'table', columns: ['name', 'age', 'n'], rows: [["O'Neil", 41, 1]], total: 1 },
  ])
})

test('table(name) gives typed columns, missing numbers as NaN', async () => {
  await ran(
    cell('sql', 'points', "select * from (values (1, 'a'), (null, 'b')) t(x, label)"),
    ts(
      'a',
      "const t = await table('points')\nconst x = t.columns.x\nexport const summary = [x instanceof Float64Array, x[0], Number.isNaN(x[1]), t.columns.label.join(), t.rows]\nsummary.join(' ')",
    ),
  )
  expect((await fixture.cell('a')).outputs).toMatchObject([{ text: 'true 1 true a,b 2' }])
})

test('an error shows the lines of the cell it came through, and nothing of ours', async () => {
  await ran(ts('a', "const fail = () => {\n  throw new Error('boom')\n}\nfail()"))
  expect((await fixture.cell('a')).outputs).toMatchObject([
    {
      type: 'error',
      message: 'Error: boom (line 2)',
      details: 'Error: boom\n    at fail (line 2)\n    at line 4',
    },
  ])
})

test('Python code is told that it is in the wrong program', async () => {
  await ran(ts('a', 'import pandas as pd\ndf = pd.read_csv("x.csv")'), ts('b', 'const x: number = ;'))
  expect((await fixture.cell('a')).outputs).toMatchObject([
    { type: 'error', whatToDo: expect.stringContaining('looks like Python') },
  ])
  expect((await fixture.cell('b')).outputs).toMatchObject([
    { type: 'error', whatToDo: 'Correct the syntax and run the cell again.' },
  ])
})

test('a relation made in a cell is known to cells that read it', async () => {
  await ran(
    cell('sql', 'double', 'select x * 2 as x from made'),
    ts('a', 'await sql`create or replace table made as select 21 as x`'),
  )
  expect((await fixture.cell('double')).upstream).toEqual(['a'])
  expect(await fixture.statuses()).toEqual({ double: 'done', a: 'done' })
})

test('console and display show in order; long text is cut and counted', async () => {
  await ran(
    ts(
      'a',
      "console.log('one'); console.log('two'); display([{ x: 1n }]); console.error('oops'); display('y'.repeat(100_010))",
    ),
  )
  const { outputs } = await fixture.cell('a')
  expect(outputs.map((output) => output.type)).toEqual(['text', 'table', 'text', 'text'])
  expect(outputs[0]).toMatchObject({ stream: 'stdout', text: 'one\ntwo\n' })
  expect(outputs[2]).toMatchObject({ stream: 'stderr', text: 'oops\n' })
  expect(outputs[3]).toMatchObject({ omitted: 10 })
})

test('a cell that prints without end keeps a million characters', async () => {
  await ran(ts('a', "for (let i = 0; i < 30_000; i += 1) console.log('x'.repeat(99))"))
  const { outputs } = await fixture.cell('a')
  const [output] = outputs
  if (output?.type !== 'text') throw new Error('expected text')
  expect(output.text.length).toBe(1_000_000)
  expect(output.omitted).toBe(2_000_000)
})

test('an error names its line in the cell as written', async () => {
  await ran(ts('a', 'interface Wide {\n  a: number\n}\nconst x: Wide = { a: 1 }\n\nx.b.c'))
  const { state, outputs } = await fixture.cell('a')
  expect(state.status).toBe('failed')
  expect(outputs).toMatchObject([
    { type: 'error', message: expect.stringMatching(/^TypeError: .*\(line 6\)$/) },
  ])
})

test('a syntax error is the error of the cell', async () => {
  await ran(ts('a', 'const x = = 1'))
  expect((await fixture.cell('a')).state.reason).toMatch(/does not parse: .*line 1/)
})

test('failed SQL in a cell says what DuckDB said', async () => {
  await ran(ts('a', 'await sql`select nothing from nowhere`'))
  expect((await fixture.cell('a')).state.reason).toContain('nowhere')
})

test('table(name) names the view that fails on one of its rows, and shows no SQL that the user did not write', async () => {
  await ran(
    cell('sql', 'points', "select if(i = 99999, ('x' || i)::integer, i) as x from range(100000) t(i)"),
    ts('a', "await table('points')"),
  )
  expect((await fixture.cell('a')).outputs).toMatchObject([
    {
      type: 'error',
      message: expect.stringMatching(
        /^The relation "points" cannot be read: Conversion Error: Could not convert string 'x99999' to INT\d+$/,
      ),
    },
  ])
})

test('modules of Node can be imported', async () => {
  await ran(
    ts(
      'a',
      "import { basename as base } from 'node:path'\nimport * as os from 'node:os'\nbase('/x/y.csv') + typeof os.cpus",
    ),
  )
  expect((await fixture.cell('a')).outputs).toMatchObject([{ text: 'y.csvfunction' }])
})

test('tf is there when it is used', async () => {
  await ran(ts('a', 'const sum = tf.sum(tf.tensor1d([1, 2, 3]))\nsum.dataSync()[0]'))
  expect((await fixture.cell('a')).outputs.at(-1)).toMatchObject({ text: '6' })
})

test('the catalog can be read', async () => {
  await ran(
    cell('sql', 'data', 'select 1 as y'),
    cell('train', 'churn', '{"from": "data", "target": "y"}'),
    cell('sql', 'later', 'select 1 as z'),
  )
  const { revision } = await fixture.notebooks.open(notebookName)
  const source =
    "const entry = await catalog.get('churn')\nentry.record.metrics.auc + ' of ' + (await catalog.list()).length"
  await fixture.notebooks.edit(notebookName, revision, [{ type: 'insert', index: 3, cell: ts('a', source) }])
  await fixture.run({ type: 'cell', id: 'a' })
  expect((await fixture.cell('a')).outputs).toMatchObject([{ text: '0.84 of 1' }])
})

test('exported params take values from the command line, in the type of their default', async () => {
  fixture = await openFixture([
    ts('b', 'params.rate * 2 + params.name'),
    ts('a', "export const params = { rate: 0.1, name: 'x' }"),
  ])
  await fixture.notebooks.runNotebook(notebookName, { params: { rate: '0.5' } })
  expect((await fixture.cell('b')).outputs).toMatchObject([{ text: '1x' }])
  const wrong = await fixture.notebooks.runNotebook(notebookName, { params: { rate: 'fast' } })
  expect(wrong).toMatchObject({ ok: false })
  expect(wrong.cells[1]?.error).toContain('The parameter rate is "fast"; expected a number')
})

test('code that never yields is stopped; exported values are lost and their readers stale, outputs stay', async () => {
  await ran(ts('a', 'export const base = 5\nbase'), ts('b', 'base + 1'), cell('sql', 'kept', 'select 1 as x'))
  const loop = ts('loop', 'for (;;) {}')
  const { revision } = await fixture.notebooks.open(notebookName)
  await fixture.notebooks.edit(notebookName, revision, [{ type: 'insert', index: 3, cell: loop }])
  await fixture.notebooks.run(notebookName, { type: 'cell', id: 'loop' })
  await new Promise((resolve) => setTimeout(resolve, 100))
  await fixture.notebooks.interrupt(notebookName)
  expect(await fixture.statuses()).toEqual({ a: 'stale', b: 'stale', kept: 'done', loop: 'idle' })
  expect((await fixture.cell('a')).outputs).toMatchObject([{ text: '5' }])
  await fixture.run({ type: 'cell', id: 'b' })
  expect((await fixture.cell('b')).outputs).toMatchObject([{ text: '6' }])
})

test('a query inside a cell is interrupted and the session survives', async () => {
  await ran(ts('a', 'export const base = 5'))
  const slow = ts(
    'slow',
    'await sql`select count(*) from range(100000000) a, range(1000) b where (a.range * b.range) % 7 = 3`',
  )
  const { revision } = await fixture.notebooks.open(notebookName)
  await fixture.notebooks.edit(notebookName, revision, [{ type: 'insert', index: 1, cell: slow }])
  await fixture.notebooks.run(notebookName, { type: 'cell', id: 'slow' })
  await new Promise((resolve) => setTimeout(resolve, 150))
  await fixture.notebooks.interrupt(notebookName)
  expect(await fixture.statuses()).toEqual({ a: 'done', slow: 'idle' })
})

test('after a restart, what a cell needs from the session is run again first', async () => {
  await ran(ts('a', 'export const base = 5'), ts('b', 'base + 1'))
  await fixture.reopen()
  expect(await fixture.statuses()).toEqual({ a: 'done', b: 'done' })
  await fixture.edit('b', 'base + 2')
  await fixture.run({ type: 'cell', id: 'b' })
  expect((await fixture.cell('b')).outputs).toMatchObject([{ text: '7' }])
})

test('a cell that ends its thread is an error, and the next run has a new session', async () => {
  await ran(ts('a', 'process.exit(3)'))
  expect((await fixture.cell('a')).state.reason).toContain('session ended: exit code 3')
  await fixture.edit('a', '1 + 1')
  await fixture.run({ type: 'stale' })
  expect((await fixture.cell('a')).outputs).toMatchObject([{ text: '2' }])
})
