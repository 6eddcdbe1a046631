import type { Edit } from '../../../shared/contract/notebook.ts'
import { mergeEdits } from './edits.ts'

export interface Step {
  readonly edits: readonly Edit[]
  readonly inverse: readonly Edit[]
  /** Steps of the same key soon after one another become one: a word typed, not its letters. */
  readonly key: string | undefined
  /** Milliseconds. */
  readonly at: number
}

/** One ordered history over text and structure, so that undoing never skips what was done in between. */
export interface UndoLog {
  readonly past: readonly Step[]
  readonly future: readonly Step[]
}

export const emptyLog: UndoLog = { past: [], future: [] }

/** A pause longer than this while typing begins a new step. */
export const typingPauseMs = 800

const longest = 1000

export function record(log: UndoLog, step: Step): UndoLog {
  const last = log.past.at(-1)
  if (last && step.key !== undefined && last.key === step.key && step.at - last.at < typingPauseMs) {
    const joined: Step = {
      edits: mergeEdits([...last.edits, ...step.edits]),
      inverse: [...step.inverse, ...last.inverse],
      key: step.key,
      at: step.at,
    }
    return { past: [...log.past.slice(0, -1), joined], future: [] }
  }
  return { past: [...log.past, step].slice(-longest), future: [] }
}

/** The edits that take the last step back, and the log after it; undefined when there is none. */
export function undo(log: UndoLog): { readonly log: UndoLog; readonly edits: readonly Edit[] } | undefined {
  const step = log.past.at(-1)
  if (!step) return undefined
  return {
    log: { past: log.past.slice(0, -1), future: [...log.future, { ...step, key: undefined }] },
    edits: mergeEdits(step.inverse),
  }
}

/** The edits that do the last undone step again. */
export function redo(log: UndoLog): { readonly log: UndoLog; readonly edits: readonly Edit[] } | undefined {
  const step = log.future.at(-1)
  if (!step) return undefined
  return { log: { past: [...log.past, step], future: log.future.slice(0, -1) }, edits: step.edits }
}
