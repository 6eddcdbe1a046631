import type { ModelEngines } from '../../shared/models/parse-model.ts'
import { loadOnnxRuntime } from '../onnx/load-onnx-runtime.ts'

/** What scores models that our own code does not, in threads of the engine. Loaded only for whom it scores. */
export const modelEngines: ModelEngines = {
  tfjs: async (modelJson, weights) => {
    const { openTfjsScorer } = await import('./tfjs-engine.ts')
    return openTfjsScorer(modelJson, weights)
  },
  onnx: async (path) => loadOnnxRuntime(path),
}
