import { expect, test } from 'vitest'
import type { CellView, NotebookEvent } from '../../shared/contract/notebook.ts'
import type { CellState, Output } from '../../shared/notebook/cell-state.ts'
import { followRun } from './follow-run.ts'

const state = (status: CellState['status'], ms: number | null = null, reason = ''): CellState => ({
  status,
  ms,
  reason,
})
const cell = (id: string): CellView => ({
  cell: { id, kind: 'sql', name: id, source: '' },
  state: state('idle'),
  outputs: [],
  upstream: [],
})
const error: Output = { type: 'error', message: 'No such table.', whatToDo: 'Correct it.', details: '' }

function follow(...events: NotebookEvent[]) {
  const ended: [string, string, number][] = []
  const each = followRun({
    onCell: ({ id }, { status }, outputs) => ended.push([id, status, outputs.length]),
  })
  each({
    type: 'document',
    view: { path: 'n.ipynb', revision: 1, cells: [cell('a'), cell('b')], running: true },
  })
  for (const event of events) each(event)
  return ended
}

test('each cell that ran is told once, with what it shows', () => {
  expect(
    follow(
      { type: 'state', id: 'a', state: state('running') },
      { type: 'outputs', id: 'a', outputs: [] },
      { type: 'state', id: 'a', state: state('done', 3) },
      { type: 'state', id: 'b', state: state('running') },
      { type: 'outputs', id: 'b', outputs: [error] },
      { type: 'state', id: 'b', state: state('failed', 1, 'No such table.') },
      { type: 'state', id: 'b', state: state('failed', 1, 'No such table.') },
    ),
  ).toEqual([
    ['a', 'done', 0],
    ['b', 'failed', 1],
  ])
})

test('a cell that failed before it was seen running is told too; one that was not run is not', () => {
  expect(
    follow(
      { type: 'outputs', id: 'a', outputs: [error] },
      { type: 'state', id: 'a', state: state('failed', 0.2, 'No such table.') },
      { type: 'state', id: 'b', state: state('failed', null, 'Not run, because "a" failed.') },
    ),
  ).toEqual([['a', 'failed', 1]])
})
