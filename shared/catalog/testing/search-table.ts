import type { SearchTable } from '../training-results.ts'

/** A search that is over, for tests of what reads its result. */
export function searchTable(more: Partial<SearchTable> = {}): SearchTable {
  return {
    method: 'grid',
    metric: 'auc',
    higherIsBetter: true,
    folds: 5,
    seed: 7,
    trials: [],
    best: 1,
    fits: { done: 0, of: 0, reused: 0 },
    durationMs: 1,
    ...more,
  }
}
