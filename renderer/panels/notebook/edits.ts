import { assertNever } from '../../../shared/assert-never.ts'
import type { Edit } from '../../../shared/contract/notebook.ts'
import { applyEdits } from '../../../shared/notebook/apply-edits.ts'
import type { Cell } from '../../../shared/notebook/notebook.ts'

type Update = Extract<Edit, { type: 'update' }>

function inverseUpdate(cell: Cell, edit: Update): Update {
  const before: Update = { type: 'update', id: edit.id }
  if (edit.source !== undefined) before.source = cell.source
  if (edit.name !== undefined) before.name = cell.name
  if (edit.disabled !== undefined) before.disabled = cell.disabled ?? false
  if (edit.materialize !== undefined) before.materialize = cell.materialize ?? 'view'
  if (edit.kind !== undefined) {
    before.kind = cell.kind
    // Leaving SQL drops this, so coming back has to bring it.
    if (cell.materialize !== undefined) before.materialize = cell.materialize
  }
  return before
}

function inverse(cells: readonly Cell[], edit: Edit): Edit {
  const index = cells.findIndex((cell) => 'id' in edit && cell.id === edit.id)
  const cell = cells[index]
  switch (edit.type) {
    case 'insert':
      return { type: 'delete', id: edit.cell.id }
    case 'delete':
      if (!cell) throw new Error(`no cell ${edit.id} to delete`)
      return { type: 'insert', index, cell }
    case 'move':
      return { type: 'move', id: edit.id, index }
    case 'update':
      if (!cell) throw new Error(`no cell ${edit.id} to update`)
      return inverseUpdate(cell, edit)
    default:
      return assertNever(edit)
  }
}

/** What takes a batch of edits back, in the order in which it has to be applied. */
export function inverseEdits(cells: readonly Cell[], edits: readonly Edit[]): Edit[] {
  const back: Edit[] = []
  let at = [...cells]
  for (const edit of edits) {
    back.unshift(inverse(at, edit))
    at = applyEdits({ cells: at }, [edit]).cells
  }
  return back
}

/** Consecutive updates of one cell as one: typing sends the text once, not once a key. */
export function mergeEdits(edits: readonly Edit[]): Edit[] {
  const merged: Edit[] = []
  for (const edit of edits) {
    const last = merged.at(-1)
    if (edit.type === 'update' && last?.type === 'update' && last.id === edit.id) {
      merged[merged.length - 1] = { ...last, ...edit }
    } else merged.push(edit)
  }
  return merged
}
