import { createStore } from 'zustand/vanilla'

/** Stale cells by open notebook, for the status bar. */
export const staleCells = createStore<Readonly<Record<string, number>>>(() => ({}))

/** `null` when the notebook is closed. */
export function reportStale(notebook: string, count: number | null): void {
  staleCells.setState((state) => {
    const { [notebook]: _old, ...rest } = state
    return count === null ? rest : { ...rest, [notebook]: count }
  }, true)
}
