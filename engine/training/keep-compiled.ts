import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { parentPort } from 'node:worker_threads'
import type { TrainerMessage } from './trainer-messages.ts'

/** The binaries that tfjs may choose from in a trainer thread. */
const binaries = ['tfjs-backend-wasm-simd.wasm', 'tfjs-backend-wasm.wasm']

/** The part of `WebAssembly` used here; Node's types leave it to the browser's. */
const platform: { compile(bytes: Uint8Array): Promise<object> } = Reflect.get(globalThis, 'WebAssembly')

let kept: Promise<object[]> | null = null

/**
 * Compiles tfjs's WebAssembly once and holds it for as long as the process lives; trainer threads then share that code.
 *
 * Without it the code is made and freed with every trainer thread, and V8 13 now and then loses count of its code pages
 * when one thread frees while another compiles: `Check failed: jit_page.has_value()`, which ends the whole process
 * (nodejs/node issue 64500). Costs a few milliseconds, since V8 compiles functions at their first call.
 */
export function keepCompiled(): Promise<unknown> {
  kept ??= (async () => {
    const folder = dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm'))
    return Promise.all(binaries.map(async (name) => platform.compile(await readFile(join(folder, name)))))
  })()
  // Where the package is missing the trainer itself says so, and takes another backend.
  return kept.catch(() => null)
}

/** The last kernels of trainer threads: more than run at once, so that what is let go has no thread left. */
const keptKernels: object[] = []
const mostKernels = 64

/** Holds the code that a trainer thread compiled for its data, for the same reason, beyond the thread's own end. */
export function keepKernel(code: object): void {
  keptKernels.push(code)
  if (keptKernels.length > mostKernels) keptKernels.shift()
}

/** In a trainer thread: hands compiled code to the engine to hold. Nothing happens outside of one. */
export function handOverKernel(code: object): void {
  parentPort?.postMessage({ kind: 'compiled', code } satisfies TrainerMessage)
}
