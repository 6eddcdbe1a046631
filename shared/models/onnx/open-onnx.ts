import { decodeJson } from '../../decode.ts'
import { Failure } from '../../failure.ts'
import type { Pipeline } from '../../features/pipeline.ts'
import type { Signature } from '../../signature/signature.ts'
import { onnxModelSchema } from './onnx-model.ts'
import type { OnnxRuntime } from './onnx-runtime.ts'
import { createOnnxScorer, type OnnxScorer } from './onnx-scorer.ts'
import { readGraph } from './read-graph.ts'
import { rowWise } from './row-wise.ts'
import { withoutZipMap } from './without-zip-map.ts'

export interface OnnxParts {
  readonly modelJson: string
  /** Contents of `model.onnx`. */
  readonly file: Uint8Array
  readonly signature: Signature
  readonly pipeline: Pipeline
  readonly runtime: OnnxRuntime
}

/** @throws Failure `invalid-input` for a file that the runtime cannot run */
export function openOnnx({ modelJson, file, signature, pipeline, runtime }: OnnxParts): OnnxScorer {
  const model = decodeJson(onnxModelSchema, modelJson, 'model.json')
  const open = () => {
    try {
      return runtime.open(model.zipMap ? withoutZipMap(file) : file)
    } catch (error) {
      throw new Failure(
        'invalid-input',
        `ONNX Runtime cannot run the model: ${error instanceof Error ? error.message : String(error)}`,
        'Export it with operators that ONNX Runtime has, of an older opset where the message says so.',
        'file',
      )
    }
  }
  return createOnnxScorer({
    model,
    session: open(),
    signature,
    pipeline,
    rowWise: rowWise(readGraph(file, 'model.onnx')),
  })
}
