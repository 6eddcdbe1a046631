import type { Sources } from '../../shared/catalog/sources.ts'
import type { SearchTable } from '../../shared/catalog/training-results.ts'
import type { Epoch, TrainedRecord } from '../../shared/catalog/version.ts'
import type { Metrics } from '../../shared/metrics/metrics.ts'
import type { TrainSpec } from '../../shared/notebook/train-spec.ts'
import type { RelationDefinition } from './transforms/read-chain.ts'

export interface TrainProgress {
  /** What is being done, such as `reading features` or `epoch 12 of 100`. */
  step: string
  /** 0 to 1 over the whole of training. */
  fraction: number
  epochs: number
  history: readonly Epoch[]
  /** The search so far, or as it ended; absent where there is none. */
  search?: SearchTable
}

export interface TrainRequest {
  spec: TrainSpec
  /** Used when the spec has no `register`: the cell's name, else the target. */
  defaultName: string
  /** Workspace-relative path and hash of the notebook, and the cell; null from elsewhere. */
  /** How the notebook's SQL cells make their relations, for `servingInput`; the database's views are known anyway. */
  definitions?: readonly RelationDefinition[]
  origin: { notebook: string; notebookHash: string; cell: string; sources?: Sources } | null
  signal: AbortSignal
  onProgress: (progress: TrainProgress) => void
}

/** A trained model before the catalog numbers it. */
export interface TrainedModel {
  record: TrainedRecord
  /** Metrics of always predicting the most frequent class or the mean, on the same test split. */
  naive: Metrics
  /** Contents by the names in `versionFiles`, all but `version.json`. */
  files: ReadonlyMap<string, Uint8Array>
}

export interface Training {
  /** @throws Failure `invalid-input` naming the key, column or row count at fault; `cancelled` after `signal` */
  train(request: TrainRequest): Promise<TrainedModel>
  close(): Promise<void>
}
