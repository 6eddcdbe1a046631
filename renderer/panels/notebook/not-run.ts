import type { CellState } from '../../../shared/notebook/cell-state.ts'

/** It counts as failed because something that it needs did: then it has no time and no output of its own. */
export function notRun(state: CellState): boolean {
  return state.status === 'failed' && state.ms === null
}

/** Why there is nothing under the cell, for a reader who pressed Run; empty where its outputs tell, or a badge does. */
export function whyNotRun(shown: CellState['status'], state: CellState): string {
  return notRun(state) || shown === 'idle' ? state.reason : ''
}
