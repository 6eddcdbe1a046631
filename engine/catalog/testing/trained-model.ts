import type { TrainedRecord } from '../../../shared/catalog/version.ts'
import { trainSpecSchema } from '../../../shared/notebook/train-spec.ts'
import type { TrainedModel } from '../../training/training.ts'

/** A model as training hands it over, small enough to register by the hundred. */
export function trainedModel(
  name: string,
  accuracy = 0.8,
  files: ReadonlyMap<string, Uint8Array> = new Map([['model/weights.bin', new Uint8Array([1, 2, 3])]]),
): TrainedModel {
  const record: TrainedRecord = {
    name,
    task: 'binary',
    created: '2026-01-02T03:04:05.000Z',
    durationMs: 12,
    spec: trainSpecSchema.parse({ from: 'features', target: 'churn' }),
    signature: { version: 1, task: 'binary', inputs: [], target: { name: 'churn', sourceType: 'VARCHAR' } },
    metrics: { accuracy },
    split: { train: 8, validation: 1, test: 3 },
    history: [],
    provenance: {
      notebook: null,
      notebookHash: null,
      cell: null,
      data: { relation: 'features', sql: null, rows: 12, contentHash: 'x' },
      git: null,
      slipway: '0.1.0',
      node: '24',
      platform: 'linux-x64',
      backend: 'cpu',
      packages: {},
    },
  }
  return { record, naive: {}, files }
}
