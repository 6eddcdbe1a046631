import type { ModelVersion } from '../../shared/catalog/version.ts'
import type { Label } from '../../shared/signature/signature.ts'

export interface ImportRequest {
  /** Absolute path of the model file. */
  file: string
  /** How messages and the catalog call the file. */
  shown: string
  /** Name in the catalog. */
  name: string
  /** A relation of the workspace, or an absolute path of a data file, with rows like those the model was trained on. */
  data?: string
  /** The column of `data` that holds the answers; also what the signature calls the prediction. */
  target?: string
  /** Labels in the order of the model's outputs; binary: negative, then positive. */
  classes?: readonly Label[]
  /** Names of the model's columns in its order, where its file has none. */
  columns?: readonly string[]
}

/** Brings models that were trained elsewhere into the catalog. */
export interface Imports {
  /** @throws Failure naming the file and what in it cannot be used, or the option at fault */
  import(request: ImportRequest): Promise<ModelVersion>
}
