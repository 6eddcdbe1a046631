import type { ModelVersion } from '../../shared/catalog/version.ts'
import type { Label } from '../../shared/signature/signature.ts'
import type { UploadChunk } from '../data/uploads.ts'

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
  /**
   * @param onStep told of what takes long, such as "Fetching onnxruntime-node 1.30.0"
   * @throws Failure naming the file and what in it cannot be used, or the option at fault
   */
  import(request: ImportRequest, onStep?: (title: string) => void): Promise<ModelVersion>
  /** Writes one chunk of a model file into the workspace; after the last, `path` says where it is, relative to it. */
  upload(chunk: UploadChunk): Promise<{ received: number; path: string | null }>
}
