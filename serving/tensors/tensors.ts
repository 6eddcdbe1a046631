/** Built to `tensors.mjs`, which lies beside `server.mjs` in bundles of models that tfjs scores, and in no other. */
import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import * as tf from '@tensorflow/tfjs'
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm'
import type { Scorer } from '../../shared/models/scorer.ts'
import { createTfjsScorer } from '../../shared/models/tfjs/tfjs-scorer.ts'

/** In a bundle the WebAssembly lies beside this file; in a checkout it is in the package. */
const wasmFolder = import.meta.filename.endsWith('.ts')
  ? dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm'))
  : import.meta.dirname

let started: Promise<unknown> | null = null

/** One thread, so that results never depend on how many there are; servers have a process or thread for each core. */
function start(): Promise<unknown> {
  started ??= (async () => {
    setWasmPaths(`${wasmFolder}/`)
    tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false)
    await tf.setBackend('wasm')
    await tf.ready()
  })()
  return started
}

/** @throws Failure as `createTfjsScorer` */
export async function openTfjsScorer(modelJson: string, weights: Uint8Array): Promise<Scorer> {
  await start()
  return createTfjsScorer(tf, modelJson, weights)
}
