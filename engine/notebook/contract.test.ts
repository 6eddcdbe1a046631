import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { relationSchema } from '../../shared/contract/data.ts'
import { notebookViewSchema } from '../../shared/contract/notebook.ts'
import { createChanges } from '../changes.ts'
import { createData } from '../data/data.ts'
import { cell, type NotebookFixture, notebookName, openFixture } from './fixtures/notebook-fixture.ts'

let fixture: NotebookFixture
afterEach(() => fixture.close())

/** Catches outputs and states that the contract would refuse on their way to the window. */
test('whatever cells show is what the contract carries, and every shown relation can be read in windows', async () => {
  fixture = await openFixture([
    cell('sql', 'customers', "select * from 'people.csv'"),
    cell('sql', '', 'from customers limit 1'),
    { ...cell('sql', '', 'explain select 1'), id: 'explain' },
    { ...cell('sql', '', 'describe customers'), id: 'describe' },
    { ...cell('sql', '', 'pivot customers on plan using count(*)'), id: 'pivot' },
    {
      ...cell('sql', '', 'create or replace table made as select 1 as x; insert into made values (2)'),
      id: 'insert',
    },
    cell('check', 'positive', 'from customers where age < 0'),
    cell('chart', 'ages', '{"from": "customers", "type": "histogram", "x": "age"}'),
    cell('train', 'churn', '{"from": "customers", "target": "plan"}'),
    cell(
      'typescript',
      'code',
      "console.log('hi'); display({ html: '<b>x</b>' }); display({ data: [{ x: new Float64Array([1]) }] }); [{ a: new Date(0), b: null }]",
    ),
    cell('typescript', 'wrong', 'nothing.there'),
  ])
  await writeFile(join(fixture.folder, 'people.csv'), 'age,plan\n30,a\n41,b\n')
  await fixture.run({ type: 'all' })
  const view = notebookViewSchema.parse(await fixture.notebooks.open(notebookName))
  expect(JSON.parse(JSON.stringify(view))).toEqual(view)
  const failed = view.cells.filter(({ state }) => state.status !== 'done').map(({ cell: { id } }) => id)
  expect(failed).toEqual(['wrong'])

  const data = createData({
    database: fixture.database,
    workspaceFolder: fixture.folder,
    changes: createChanges(),
  })
  const shown = view.cells.flatMap(({ outputs }) =>
    outputs.flatMap((output) => (output.type === 'relation' ? [output] : [])),
  )
  expect(shown.length).toBe(4)
  for (const output of shown) {
    const { rows, total, columns } = await data.window({ relation: output.relation, offset: 0, limit: 100 })
    expect(columns).toEqual(output.columns)
    expect([rows.length, total]).toEqual([output.rows, output.rows])
  }
  const relations = (await data.relations()).map((relation) => relationSchema.parse(relation).name)
  expect(relations).toEqual(['customers', 'made'])
  data.close()
})
