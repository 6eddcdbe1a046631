import type { Sources } from '../../shared/catalog/sources.ts'
import type { SearchTable } from '../../shared/catalog/training-results.ts'
import type { Epoch, TrainedRecord } from '../../shared/catalog/version.ts'
import type { Pipeline } from '../../shared/features/pipeline.ts'
import type { Metrics } from '../../shared/metrics/metrics.ts'
import type { TrainSpec } from '../../shared/notebook/train-spec.ts'
import type { Signature } from '../../shared/signature/signature.ts'
import type { Part } from './trainer-messages.ts'
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
  /** Registered instead of training one; the spec's model is of kind `tfjs`. */
  given?: GivenModel
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

/** A pipeline fitted on a relation's training rows, and the rows it makes inputs of. */
export interface FittedFeatures {
  signature: Signature
  /** With the folds of target encoding, which training rows are encoded by. */
  pipeline: Pipeline
  train: Part
  validation: Part
  /** Stands for the pipeline and the data: a model trained on it is registered with no other. */
  fingerprint: string
  split: TrainedRecord['split']
}

/** A model that is there already. */
export interface GivenModel {
  modelJson: string
  weights: Uint8Array | null
  /** Of the features that it was trained on. */
  fingerprint: string
  /** Instead of the features' own, of the same columns and target. */
  signature?: Signature
  /** How its loss went, as whoever trained it tells. */
  history?: Epoch[]
}

export interface Training {
  /** @throws Failure `invalid-input` naming the key, column or row count at fault; `cancelled` after `signal` */
  train(request: TrainRequest): Promise<TrainedModel>
  /**
   * Fits features as `train` does, for a model that is made elsewhere.
   *
   * @throws Failure as `train`
   */
  fitFeatures(request: Omit<TrainRequest, 'given' | 'onProgress'>): Promise<FittedFeatures>
  close(): Promise<void>
}
