import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Edit } from '../../../shared/contract/notebook.ts'
import { applyEdits } from '../../../shared/notebook/apply-edits.ts'
import { type Cell, cellKinds } from '../../../shared/notebook/notebook.ts'
import { inverseEdits, mergeEdits } from './edits.ts'

function cell(id: string, rest: Partial<Cell> = {}): Cell {
  return { id, kind: 'sql', name: '', source: '', ...rest }
}

/** Random batches that fit the notebook as it is when each edit is reached. */
const editing = fc
  .array(
    fc.record({
      what: fc.constantFrom('insert', 'delete', 'move', 'update'),
      pick: fc.nat(),
      to: fc.nat(),
      text: fc.string(),
      kind: fc.constantFrom(...cellKinds),
    }),
    { maxLength: 12 },
  )
  .map((steps) => {
    let cells: Cell[] = [cell('a', { source: 'select 1' }), cell('b', { kind: 'markdown' }), cell('c')]
    const before = cells
    const edits: Edit[] = []
    steps.forEach((step, index) => {
      const at = cells[step.pick % Math.max(1, cells.length)]
      const place = step.to % (cells.length + 1)
      const edit: Edit =
        step.what === 'insert' || !at
          ? { type: 'insert', index: place, cell: cell(`new${index}`, { source: step.text }) }
          : step.what === 'delete'
            ? { type: 'delete', id: at.id }
            : step.what === 'move'
              ? { type: 'move', id: at.id, index: step.to % cells.length }
              : { type: 'update', id: at.id, source: step.text, kind: step.kind }
      edits.push(edit)
      cells = applyEdits({ cells }, [edit]).cells
    })
    return { before, edits, after: cells }
  })

describe('inverseEdits', () => {
  // Catches an inverse that forgets a field, an index, or the order in which a batch is taken back.
  it('takes any batch back whole', () => {
    fc.assert(
      fc.property(editing, ({ before, edits, after }) => {
        const back = inverseEdits(before, edits)
        expect(applyEdits({ cells: after }, back).cells).toEqual(before)
      }),
    )
  })

  it('brings back how a relation was kept when a cell becomes SQL again', () => {
    const before = [cell('a', { materialize: 'table' })]
    const edits: Edit[] = [{ type: 'update', id: 'a', kind: 'markdown' }]
    const after = applyEdits({ cells: before }, edits).cells
    expect(after[0]?.materialize).toBeUndefined()
    expect(applyEdits({ cells: after }, inverseEdits(before, edits)).cells).toEqual(before)
  })
})

describe('mergeEdits', () => {
  it('sends typing once', () => {
    expect(
      mergeEdits([
        { type: 'update', id: 'a', source: 's' },
        { type: 'update', id: 'a', source: 'se' },
        { type: 'update', id: 'a', name: 'n' },
      ]),
    ).toEqual([{ type: 'update', id: 'a', source: 'se', name: 'n' }])
  })

  it('changes nothing about the result', () => {
    fc.assert(
      fc.property(editing, ({ before, edits, after }) => {
        expect(applyEdits({ cells: before }, mergeEdits(edits)).cells).toEqual(after)
      }),
    )
  })
})
