import type { ChangedArea } from '../shared/contract/workspace.ts'

/** Tells the window which lists to read again. */
export interface Changes {
  emit(area: ChangedArea): void
  /** Calls back after every change; the answer unsubscribes. */
  watch(listener: (area: ChangedArea) => void): () => void
}

export function createChanges(): Changes {
  const listeners = new Set<(area: ChangedArea) => void>()
  return {
    emit(area) {
      for (const listener of listeners) listener(area)
    },
    watch(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
