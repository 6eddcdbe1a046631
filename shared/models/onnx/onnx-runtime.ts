import type { TensorType } from './read-graph.ts'

export type TensorData = Float32Array | Float64Array | Int32Array | BigInt64Array | Uint8Array | string[]

export interface Tensor {
  readonly type: TensorType | (string & {})
  readonly data: TensorData
  readonly dims: readonly number[]
  /** In the memory of this process, which the native module wants to be told. */
  readonly location: 'cpu'
}

export interface OnnxSession {
  /** Runs the graph at once, in this thread. @throws Error with what the runtime says of the feeds */
  run(feeds: Readonly<Record<string, Tensor>>, outputs: readonly string[]): Readonly<Record<string, Tensor>>
}

/** Whatever runs ONNX files here. */
export interface OnnxRuntime {
  /** @throws Error with what the runtime says of the file */
  open(model: Uint8Array): OnnxSession
}

/** The native module of `onnxruntime-node`, as far as it is used. */
interface Binding {
  InferenceSession: new () => {
    loadModel(buffer: ArrayBufferLike, offset: number, length: number, options: object): void
    run(feeds: object, outputs: object, options: object): Record<string, Tensor>
  }
  initOrtOnce(logLevel: number, tensor: unknown, isMainThread: boolean): void
}

/** What the native module makes its answers of. */
class NativeTensor implements Tensor {
  readonly location = 'cpu'
  readonly type: string
  readonly data: TensorData
  readonly dims: readonly number[]
  constructor(type: string, data: TensorData, dims: readonly number[]) {
    this.type = type
    this.data = data
    this.dims = dims
  }
}

/** Errors only: warnings of the runtime's optimiser say nothing to whoever serves a model. */
const logErrors = 3

/** One thread, whose sums have one order; nothing waits between runs. */
const sessionOptions = {
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  executionMode: 'sequential',
  logSeverityLevel: logErrors,
}

const started = new WeakSet<object>()

function isBinding(module: unknown): module is Binding {
  return (
    typeof module === 'object' && module !== null && 'InferenceSession' in module && 'initOrtOnce' in module
  )
}

/**
 * The runtime from the native module of `onnxruntime-node`. The package's own JavaScript offers the same calls behind
 * promises alone, although the module underneath answers at once; scoring a row must not take a turn of the event loop.
 *
 * @param module what loading `onnxruntime_binding.node` gave
 * @throws Error for another module
 */
export function onnxRuntimeOf(module: unknown, isMainThread: boolean): OnnxRuntime {
  if (!isBinding(module)) throw new Error('The native module is not that of onnxruntime-node.')
  if (!started.has(module)) {
    module.initOrtOnce(logErrors, NativeTensor, isMainThread)
    started.add(module)
  }
  return {
    open(model) {
      const session = new module.InferenceSession()
      session.loadModel(model.buffer, model.byteOffset, model.byteLength, sessionOptions)
      const fetches = new Map<string, object>()
      return {
        run(feeds, outputs) {
          const key = outputs.join('\n')
          let wanted = fetches.get(key)
          if (!wanted) {
            wanted = Object.fromEntries(outputs.map((name) => [name, null]))
            fetches.set(key, wanted)
          }
          return session.run(feeds, wanted, {})
        },
      }
    },
  }
}
