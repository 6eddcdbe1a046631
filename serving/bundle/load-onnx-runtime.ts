import { createRequire } from 'node:module'
import { isMainThread } from 'node:worker_threads'
import { Failure } from '../../shared/failure.ts'
import { type OnnxRuntime, onnxRuntimeOf } from '../../shared/models/onnx/onnx-runtime.ts'

/** Where a bundle has the native module of ONNX Runtime. */
export const onnxModuleFile = 'runtime/onnxruntime_binding.node'

/** Loads the native module of ONNX Runtime in this thread. @throws Failure `failed` where it does not run here */
export function loadOnnxRuntime(path: string): OnnxRuntime {
  try {
    return onnxRuntimeOf(createRequire(path)(path), isMainThread)
  } catch (error) {
    throw new Failure(
      'failed',
      `ONNX Runtime cannot be loaded here: ${error instanceof Error ? error.message : String(error)}`,
      `Package the model for this platform (${process.platform}-${process.arch}). It needs glibc on Linux, and the Visual C++ runtime on Windows.`,
    )
  }
}
