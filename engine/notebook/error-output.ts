import { Failure } from '../../shared/failure.ts'
import type { Output } from '../../shared/notebook/cell-state.ts'
import { CellError } from './typescript/typescript-session.ts'

/** What is shown under a cell for what its run threw. */
export function errorOutput(error: unknown): Extract<Output, { type: 'error' }> {
  if (error instanceof CellError) {
    return { type: 'error', message: error.message, whatToDo: error.whatToDo, details: error.details }
  }
  if (error instanceof Failure) {
    const [message = '', ...details] = error.message.split('\n')
    const path = error.path === undefined ? {} : { path: error.path }
    return { type: 'error', message, whatToDo: error.whatToDo, details: details.join('\n').trim(), ...path }
  }
  const message = error instanceof Error ? error.message : String(error)
  const details = error instanceof Error ? (error.stack ?? '') : ''
  return { type: 'error', message, whatToDo: 'This is a fault in Slipway; please report it.', details }
}
