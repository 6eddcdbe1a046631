import { describe, expect, it } from 'vitest'
import type { Edit } from '../../../shared/contract/notebook.ts'
import { emptyLog, record, redo, type UndoLog, undo } from './undo-log.ts'

const update = (source: string): Edit => ({ type: 'update', id: 'a', source })

function typed(log: UndoLog, before: string, after: string, at: number): UndoLog {
  return record(log, { edits: [update(after)], inverse: [update(before)], key: 'source:a', at })
}

describe('the undo log', () => {
  it('takes back a word, not a letter, and begins anew after a pause', () => {
    let log = typed(emptyLog, '', 's', 0)
    log = typed(log, 's', 'se', 100)
    log = typed(log, 'se', 'sel', 2000)
    const first = undo(log)
    expect(first?.edits).toEqual([update('se')])
    const second = first && undo(first.log)
    expect(second?.edits).toEqual([update('')])
    expect(second && undo(second.log)).toBeUndefined()
  })

  it('keeps text and structure in one order', () => {
    let log = typed(emptyLog, '', 's', 0)
    log = record(log, {
      edits: [{ type: 'delete', id: 'b' }],
      inverse: [{ type: 'insert', index: 1, cell: { id: 'b', kind: 'sql', name: '', source: 'x' } }],
      key: undefined,
      at: 10,
    })
    log = typed(log, 's', 'se', 20)
    const one = undo(log)
    expect(one?.edits).toEqual([update('s')])
    const two = one && undo(one.log)
    expect(two?.edits[0]).toMatchObject({ type: 'insert', index: 1 })
    const three = two && undo(two.log)
    expect(three?.edits).toEqual([update('')])
  })

  it('does again what was undone, until something new is done', () => {
    const log = typed(emptyLog, '', 's', 0)
    const undone = undo(log)
    const redone = undone && redo(undone.log)
    expect(redone?.edits).toEqual([update('s')])
    const other = undone && typed(undone.log, '', 'x', 5000)
    expect(other && redo(other)).toBeUndefined()
  })
})
