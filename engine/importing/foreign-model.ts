import type { Examples } from '../../shared/bundle/manifest.ts'
import type { Pipeline } from '../../shared/features/pipeline.ts'
import type { ModelSpec } from '../../shared/models/model-spec.ts'
import type { Predictor } from '../../shared/models/predictor.ts'
import type { Label, Signature } from '../../shared/signature/signature.ts'

/** A model that was trained elsewhere, read from its file. */
export interface ForeignModel {
  readonly format: 'xgboost' | 'onnx'
  /** The program that wrote the file, with its version. */
  readonly producer: string
  /** Versions of what trained or runs it, by name. */
  readonly packages: Readonly<Record<string, string>>
  /** What of a train cell it is like; absent where that cannot be told. */
  readonly spec?: ModelSpec
  /** How many classes it tells apart; null for a number. */
  readonly classCount: number | null
  /** Labels that the file has for them, in their order; null where it has none. */
  readonly labels: readonly Label[] | null
  /** Columns that it reads without a name for them; null where the file names them or leaves the number open. */
  readonly unnamedColumns: number | null
  /** @throws Failure `invalid-input` for classes or columns that are not one for each of the model's */
  open(choice: Choice): Promise<OpenedModel>
}

/** What the file leaves open. */
export interface Choice {
  readonly target: string
  readonly classes: readonly Label[] | null
  /** Names of all columns in the model's order; null to keep those of the file, or to make them up. */
  readonly columns: readonly string[] | null
}

export interface OpenedModel {
  readonly predictor: Predictor
  readonly pipeline: Pipeline
  readonly signature: Signature
  /** Files of the version that hold the model, by path. */
  readonly files: ReadonlyMap<string, Uint8Array>
  /** The same with a signature that says more of its columns. */
  withSignature(signature: Signature): Predictor
  /** Rows to record where no data was given. */
  makeRows(): Examples['rows']
  /** Sentences for the card. */
  notes(given: boolean): string[]
}
