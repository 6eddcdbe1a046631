import { assertNever } from '../assert-never.ts'
import type { Edit } from '../contract/notebook.ts'
import { Failure } from '../failure.ts'
import { originalKey } from './codec.ts'
import type { Cell, Notebook } from './notebook.ts'

function indexOf(cells: readonly Cell[], id: string): number {
  const index = cells.findIndex((cell) => cell.id === id)
  if (index < 0) {
    throw new Failure(
      'not-found',
      `The notebook has no cell ${id}.`,
      'Reload the notebook and edit it again.',
    )
  }
  return index
}

function update(cell: Cell, edit: Extract<Edit, { type: 'update' }>): Cell {
  const next: Cell = {
    ...cell,
    kind: edit.kind ?? cell.kind,
    name: edit.name ?? cell.name,
    source: edit.source ?? cell.source,
  }
  if (edit.materialize !== undefined) next.materialize = edit.materialize
  if (edit.disabled !== undefined) next.disabled = edit.disabled
  if (next.kind !== 'sql') delete next.materialize
  if (next.disabled === false) delete next.disabled
  if (edit.kind !== undefined && edit.kind !== cell.kind && cell.foreign) {
    // The cell becomes one of ours: what it was in another tool no longer holds.
    const { [originalKey]: _original, ...foreign } = cell.foreign
    if (Object.keys(foreign).length > 0) next.foreign = foreign
    else delete next.foreign
  }
  return next
}

function apply(cells: readonly Cell[], edit: Edit): Cell[] {
  const next = [...cells]
  switch (edit.type) {
    case 'insert':
      if (cells.some((cell) => cell.id === edit.cell.id)) {
        throw new Failure(
          'already-exists',
          `The notebook already has a cell ${edit.cell.id}.`,
          'Give the new cell an id of its own.',
        )
      }
      next.splice(Math.min(edit.index, cells.length), 0, edit.cell)
      return next
    case 'delete':
      next.splice(indexOf(cells, edit.id), 1)
      return next
    case 'move': {
      const [cell] = next.splice(indexOf(cells, edit.id), 1)
      if (cell) next.splice(Math.min(edit.index, next.length), 0, cell)
      return next
    }
    case 'update': {
      const index = indexOf(cells, edit.id)
      const cell = cells[index]
      if (cell) next[index] = update(cell, edit)
      return next
    }
    default:
      return assertNever(edit)
  }
}

/** Applies a batch of edits whole, or throws and changes nothing. */
export function applyEdits(notebook: Notebook, edits: readonly Edit[]): Notebook {
  return { ...notebook, cells: edits.reduce<Cell[]>(apply, notebook.cells) }
}
