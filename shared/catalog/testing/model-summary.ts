import type { ModelSummary } from '../../contract/models.ts'

/** A version as lists show it, for tests of what shows and filters them. */
export function modelSummary(name: string, version: number, more: Partial<ModelSummary> = {}): ModelSummary {
  return {
    name,
    version,
    displayName: '',
    task: 'binary',
    kind: 'logistic',
    useCaseType: 'binary_classification',
    framework: 'Slipway',
    algorithm: 'logistic regression',
    author: 'ada@lab',
    created: '2026-01-01T00:00:00Z',
    aliases: [],
    tags: [],
    target: 'churn',
    columns: ['tenure'],
    metrics: { auc: 0.8 },
    stale: null,
    staleUnknown: null,
    ...more,
  }
}
