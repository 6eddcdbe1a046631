/** Train cells in a notebook: what is shown while they run, what they register, and how their JSON is refused. */
import { afterEach, expect, test } from 'vitest'
import type { Cell } from '../../shared/notebook/notebook.ts'
import {
  cell,
  customers,
  type NotebookFixture,
  notebookName,
  openFixture,
} from './fixtures/notebook-fixture.ts'

let fixture: NotebookFixture
afterEach(() => fixture.close())

async function opened(...cells: Cell[]): Promise<NotebookFixture> {
  fixture = await openFixture(cells)
  return fixture
}

test('a train cell shows live loss, registers a version and shows its metrics', async () => {
  await opened(customers, cell('train', 'churn', '{"from": "customers", "target": "plan"}'))
  const seen: string[] = []
  const watching = new AbortController()
  const watch = (async () => {
    for await (const event of fixture.notebooks.events(notebookName, watching.signal)) {
      if (event.type === 'outputs' && event.id === 'churn')
        seen.push(...event.outputs.map(({ type }) => type))
    }
  })()
  await fixture.run({ type: 'all' })
  watching.abort()
  await watch
  expect(seen.slice(0, 1)).toEqual(['training'])
  const { outputs } = await fixture.cell('churn')
  expect(outputs).toMatchObject([
    { type: 'training', step: '', history: [{ epoch: 1 }, { epoch: 2 }, { epoch: 3 }] },
    { type: 'model', name: 'churn', version: 1, metrics: { auc: 0.84 }, naive: { auc: 0.5 } },
  ])
  const entry = await fixture.catalog.get('churn', 1)
  expect(entry.record.provenance).toMatchObject({ notebook: notebookName, cell: 'churn' })
})

test('stopping a training registers nothing and keeps the earlier result', async () => {
  const train = cell('train', 'churn', '{"from": "customers", "target": "plan"}')
  await opened(customers, train)
  await fixture.run({ type: 'all' })
  const { outputs } = await fixture.cell('churn')
  await fixture.edit(
    'churn',
    '{"from": "customers", "target": "plan", "model": {"kind": "logistic", "epochs": 500}}',
  )
  await fixture.notebooks.run(notebookName, { type: 'stale' })
  await new Promise((resolve) => setTimeout(resolve, 100))
  await fixture.notebooks.interrupt(notebookName)
  expect(await fixture.catalog.list()).toHaveLength(1)
  expect(await fixture.cell('churn')).toMatchObject({ outputs, state: { status: 'stale' } })
})

test('a train cell with an unknown key names it', async () => {
  await opened(customers, cell('train', 'churn', '{"from": "customers", "target": "plan", "modle": {}}'))
  await fixture.run({ type: 'all' })
  expect((await fixture.cell('churn')).state.reason).toMatch(/The train cell "churn".*modle/)
})

test('a train cell without a name is called by its place', async () => {
  await opened(customers, cell('train', '', '{from: 1}'))
  await fixture.run({ type: 'all' })
  expect((await fixture.cell('train-cell')).state.reason).toMatch(
    /^The train cell 2 is not JSON: line 1, column 2: expected a key in double quotes or "}", found "from"\./,
  )
})
