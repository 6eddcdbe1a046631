import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import { pathToFileURL } from 'node:url'
import util from 'node:util'
import * as tf from '@tensorflow/tfjs'

/** tfjs-node 4.22 calls `util.isNullOrUndefined`, which Node 23 removed. */
function restoreRemovedUtil(): void {
  if ('isNullOrUndefined' in util) return
  Object.assign(util, { isNullOrUndefined: (value: unknown) => value === null || value === undefined })
}

async function startNative(require: NodeJS.Require): Promise<boolean> {
  try {
    restoreRemovedUtil()
    await import(pathToFileURL(require.resolve('@tensorflow/tfjs-node')).href)
    return await tf.setBackend('tensorflow')
  } catch {
    return false
  }
}

async function startWasm(require: NodeJS.Require): Promise<boolean> {
  try {
    const { setWasmPaths } = await import('@tensorflow/tfjs-backend-wasm')
    // Resolved at run time, so that it is found from the sources and from the bundled trainer alike.
    setWasmPaths(`${dirname(require.resolve('@tensorflow/tfjs-backend-wasm'))}/`)
    return await tf.setBackend('wasm')
  } catch {
    return false
  }
}

/** Starts native TensorFlow; null where `@tensorflow/tfjs-node` is not installed. */
export async function startNativeBackend(): Promise<{ backend: string; tfjs: string } | null> {
  if (!(await startNative(createRequire(import.meta.url)))) return null
  await tf.ready()
  return { backend: tf.getBackend(), tfjs: tf.version.tfjs }
}

/**
 * Starts the fastest tfjs backend there is: `tensorflow` (tfjs-node, when installed), `wasm` (SIMD; tfjs turns its
 * threads off in Node), else `cpu`. Their results differ in the last float32 digits.
 */
export async function startTensorBackend(): Promise<{ backend: string; tfjs: string }> {
  const require = createRequire(import.meta.url)
  const started = (await startNative(require)) || (await startWasm(require))
  if (!started) await tf.setBackend('cpu')
  await tf.ready()
  return { backend: tf.getBackend(), tfjs: tf.version.tfjs }
}
