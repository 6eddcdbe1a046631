import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import * as tf from '@tensorflow/tfjs'
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm'
import type { Scorer } from '../../shared/models/scorer.ts'
import { createTfjsScorer } from '../../shared/models/tfjs/tfjs-scorer.ts'

let started: Promise<unknown> | null = null

/** One thread and SIMD, as in a bundle: the same code everywhere gives the same bits everywhere. */
export function startScoringBackend(): Promise<unknown> {
  started ??= (async () => {
    // Resolved at run time, so that it is found from the sources and from the bundled thread alike.
    setWasmPaths(`${dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm'))}/`)
    tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false)
    await tf.setBackend('wasm')
    await tf.ready()
  })()
  return started
}

/** @throws Failure as `createTfjsScorer` */
export async function openTfjsScorer(modelJson: string, weights: Uint8Array): Promise<Scorer> {
  await startScoringBackend()
  return createTfjsScorer(tf, modelJson, weights)
}
