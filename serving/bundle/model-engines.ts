import type { ModelEngines } from '../../shared/models/parse-model.ts'
import { loadOnnxRuntime } from './load-onnx-runtime.ts'

const tensorsFile = new URL(
  import.meta.filename.endsWith('.ts') ? '../tensors/tensors.ts' : './tensors.mjs',
  import.meta.url,
)

/** What scores models that our own code does not. Each is a file of its own, loaded only for whom it scores. */
export const modelEngines: ModelEngines = {
  tfjs: async (modelJson, weights) => {
    const tensors: typeof import('../tensors/tensors.ts') = await import(tensorsFile.href)
    return tensors.openTfjsScorer(modelJson, weights)
  },
  onnx: async (path) => loadOnnxRuntime(path),
}
