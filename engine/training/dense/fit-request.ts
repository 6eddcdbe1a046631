import type { Epoch } from '../../../shared/catalog/version.ts'
import type { Pipeline } from '../../../shared/features/pipeline.ts'
import type { Activation, DenseLayer } from '../../../shared/models/dense-model.ts'
import type { Task } from '../../../shared/signature/signature.ts'
import type { Part } from '../trainer-messages.ts'

/** What an optimiser is given: rows with scaled targets, and where to report. */
export interface FitRequest {
  task: Task
  pipeline: Pipeline
  outputs: number
  headActivation: Activation
  seed: number
  train: Part
  validation: Part
  /** Losses are means over rows: log loss, or half the squared error of the scaled target. */
  onEpoch(epoch: Epoch, epochs: number): void
}

/** Layers for conditioned inputs and scaled targets. */
export type FittedLayers = DenseLayer[]
