import { replaceEqualDeep } from '@tanstack/react-query'
import { assertNever } from '../../../shared/assert-never.ts'
import type { NotebookEvent, NotebookView } from '../../../shared/contract/notebook.ts'
import type { CellState, Output } from '../../../shared/notebook/cell-state.ts'
import type { Cell } from '../../../shared/notebook/notebook.ts'
import { emptyLog, type UndoLog } from './undo-log.ts'

/** What the window knows of one notebook. `cells` is what the user sees, saved or not yet. */
export interface NotebookState {
  readonly loaded: boolean
  readonly cells: readonly Cell[]
  readonly states: Readonly<Record<string, CellState>>
  readonly outputs: Readonly<Record<string, readonly Output[]>>
  readonly upstream: Readonly<Record<string, readonly string[]>>
  readonly running: boolean
  /** The engine's revision that `cells` rests on. */
  readonly revision: number
  readonly log: UndoLog
  readonly selected: string | null
  readonly mode: 'command' | 'edit'
  readonly saving: 'saved' | 'unsaved' | 'saving'
  /** Why saving stopped. */
  readonly problem: unknown
}

export const initialState: NotebookState = {
  loaded: false,
  cells: [],
  states: {},
  outputs: {},
  upstream: {},
  running: false,
  revision: 0,
  log: emptyLog,
  selected: null,
  mode: 'command',
  saving: 'saved',
  problem: undefined,
}

export const idleState: CellState = { status: 'idle', ms: null, reason: '' }

const noOutputs: readonly Output[] = []

export function outputsOf(state: NotebookState, id: string): readonly Output[] {
  return state.outputs[id] ?? noOutputs
}

/** Takes the engine's view; cells only when nothing here is unsaved, so that typing is never overwritten. */
function takeView(state: NotebookState, view: NotebookView): NotebookState {
  const states: Record<string, CellState> = {}
  const outputs: Record<string, readonly Output[]> = {}
  const upstream: Record<string, readonly string[]> = {}
  for (const entry of view.cells) {
    states[entry.cell.id] = entry.state
    outputs[entry.cell.id] = entry.outputs
    upstream[entry.cell.id] = entry.upstream
  }
  const next: NotebookState = {
    ...state,
    states: replaceEqualDeep(state.states, states),
    outputs: replaceEqualDeep(state.outputs, outputs),
    upstream: replaceEqualDeep(state.upstream, upstream),
    running: view.running,
  }
  const unsaved = state.saving !== 'saved'
  if (state.loaded && (unsaved || view.revision < state.revision)) return next
  const cells: readonly Cell[] = replaceEqualDeep(
    state.cells,
    view.cells.map((entry) => entry.cell),
  )
  const changedElsewhere = state.loaded && cells !== state.cells
  const selected = cells.some((cell) => cell.id === state.selected) ? state.selected : (cells[0]?.id ?? null)
  return {
    ...next,
    loaded: true,
    cells,
    revision: view.revision,
    selected,
    // Steps back from a text that is no longer there would destroy the other's work.
    log: changedElsewhere ? emptyLog : state.log,
  }
}

/** What an event of the engine makes of the state. */
export function takeEvent(state: NotebookState, event: NotebookEvent): NotebookState {
  switch (event.type) {
    case 'document':
      return takeView(state, event.view)
    case 'state':
      return { ...state, states: { ...state.states, [event.id]: event.state } }
    case 'outputs':
      return { ...state, outputs: { ...state.outputs, [event.id]: event.outputs } }
    case 'running':
      return { ...state, running: event.running }
    default:
      return assertNever(event)
  }
}

export function staleCount(state: NotebookState): number {
  return state.cells.filter((cell) => state.states[cell.id]?.status === 'stale').length
}
