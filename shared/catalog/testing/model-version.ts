import { trainSpecSchema } from '../../notebook/train-spec.ts'
import type { ModelVersion } from '../version.ts'

/** A version's record, for tests of what reads it. */
export function modelVersion(more: Partial<ModelVersion> = {}): ModelVersion {
  return {
    format: 1,
    name: 'churn',
    version: 3,
    author: 'ada@lab',
    task: 'binary',
    created: '2026-01-02T03:04:05.000Z',
    durationMs: 12,
    spec: trainSpecSchema.parse({ from: 'features', target: 'churn' }),
    signature: {
      version: 1,
      task: 'binary',
      inputs: [],
      target: { name: 'churn', sourceType: 'VARCHAR' },
    },
    metrics: { auc: 0.8 },
    split: { train: 8, validation: 1, test: 3 },
    history: [],
    provenance: {
      notebook: 'churn.ipynb',
      notebookHash: null,
      cell: 'train',
      data: { relation: 'features', sql: null, rows: 12, contentHash: 'x' },
      git: null,
      slipway: '0.1.0',
      node: '24',
      platform: 'linux-x64',
      backend: 'cpu',
      packages: {},
    },
    files: [],
    digest: 'd'.repeat(64),
    ...more,
  }
}
