/** HOT LOOP: one training step of a dense network on our own kernel (benchmark: bench/mlp.ts). */
import { allocateWasmMemory, pageBytes } from '../../../shared/wasm.ts'
import { startCompanion } from '../threads/companion.ts'
import { controlBytes } from '../threads/control.ts'
import { whenItPays } from '../threads/when-it-pays.ts'
import { headLoss } from './head-loss.ts'
import { createKernelLayer, type KernelLayer, padded } from './kernel-layer.ts'
import type { KernelShared } from './kernel-work.ts'
import { adamBetas, adamEpsilon, initialLayers, type Network, type NetworkSpec } from './network.ts'
import { compileNetworkKernel, openNetworkKernel } from './network-kernel.ts'
import { shareKernel } from './shared-kernel.ts'

const lanes = 4
const columns = 8

/** Hands out stretches of one memory; sizes are counted first, then the same calls are made again with memory. */
function plan(spec: NetworkSpec, take: (floats: number) => number) {
  const rows = padded(spec.capacity, lanes)
  const widths = spec.sizes.map((units) => padded(units, columns))
  const widest = Math.max(...widths)
  return {
    rows,
    widths,
    zeros: take(widest),
    /** Outputs of layer l before its activation and after it, in the same place; 0 are the inputs. */
    values: widths.map((width) => take(rows * width)),
    gradients: [take(rows * widest), take(rows * widest)] as const,
    layers: widths.slice(1).map((width, l) => {
      const from = widths[l]!
      const isHidden = l < widths.length - 2
      const weights = padded(from * width, lanes)
      return {
        kernel: take(weights),
        turned: take(weights),
        kernelSlope: take(weights),
        /** First and second moments, or the velocity. */
        kernelMoments: [take(weights), take(weights)] as const,
        /** Bias, then gamma. */
        shifts: take(2 * width),
        shiftSlopes: take(2 * width),
        shiftMoments: [take(2 * width), take(2 * width)] as const,
        mask: isHidden && spec.dropout > 0 ? take(rows * width) : 0,
        normed: isHidden && spec.batchNorm ? take(rows * width) : 0,
      }
    }),
  }
}
export type Plan = ReturnType<typeof plan>

/** Beside this file: the source in a checkout, the bundle beside the engine's bundle when built. */
const helperUrl = new URL(
  import.meta.url.endsWith('.ts') ? './kernel-helper.ts' : './dense-helper.mjs',
  import.meta.url,
)

function allocate(spec: NetworkSpec, threads: number) {
  const controls = Array.from({ length: threads - 1 }, (_, c) => 16 + c * controlBytes)
  let floats = 4 + (controls.length * controlBytes) / 4
  const take = (count: number) => {
    const at = floats * 4
    floats += padded(count, lanes)
    return at
  }
  const places = plan(spec, take)
  const pages = Math.ceil((floats * 4) / pageBytes)
  const memory = allocateWasmMemory(pages)
  const code = compileNetworkKernel(pages)
  const { buffer } = memory
  const companions = controls.map((control) => {
    const workerData: KernelShared = { memory, code, control }
    return startCompanion({ name: 'trainer-helper', module: helperUrl, workerData, buffer, control })
  })
  const kernel = shareKernel(openNetworkKernel(code, memory), companions)
  return { places, kernel, companions, values: new Float32Array(buffer) }
}

/**
 * A network in one stretch of WebAssembly memory; nothing is allocated per step. The same spec and batches give the
 * same weights to the bit on any number of threads.
 *
 * @param threads from 1 on. With more than one the caller sleeps while it waits, so it must not have an event loop to
 * serve
 */
export function createKernelNetwork(spec: NetworkSpec, threads = 1): Network {
  const { places, kernel, companions, values } = allocate(spec, threads)
  const outputs = spec.sizes.at(-1)!
  const headWidth = places.widths.at(-1)!
  const layers: KernelLayer[] = initialLayers(spec).map((initial, l) =>
    createKernelLayer({ spec, places, kernel, values, index: l, initial }),
  )
  const z = new Float64Array(places.rows * outputs)
  const residual = new Float64Array(places.rows * outputs)
  const trial = threads > 1 ? whenItPays() : null
  let steps = 0
  const forward = (rows: number, training: boolean) => {
    for (const layer of layers) layer.forward(rows, training)
    const head = places.values.at(-1)! / 4
    for (let r = 0; r < rows; r++) {
      for (let o = 0; o < outputs; o++) z[r * outputs + o] = values[head + r * headWidth + o]!
    }
  }
  /** Leaves the slopes of the mean loss, without the penalty, in their places. */
  const backward = (rows: number, target: Float64Array, weights: Float64Array | null): number => {
    forward(rows, true)
    const loss = headLoss(spec.task, z, target, 0, rows, outputs, residual, weights)
    const slope = places.gradients[layers.length % 2]! / 4
    values.fill(0, slope, slope + places.rows * headWidth)
    for (let r = 0; r < rows; r++) {
      for (let o = 0; o < outputs; o++) {
        values[slope + r * headWidth + o] = residual[r * outputs + o]! / rows
      }
    }
    for (let l = layers.length - 1; l >= 0; l--) layers[l]!.backward(rows)
    return loss
  }
  return {
    inputs: values.subarray(places.values[0]! / 4, places.values[0]! / 4 + places.rows * places.widths[0]!),
    stride: places.widths[0]!,
    step(rows, target, weights, rate) {
      const started = performance.now()
      if (trial) kernel.share(trial.together())
      const loss = backward(rows, target, weights)
      steps++
      const first = 1 - adamBetas[0] ** steps
      const second = Math.sqrt(1 - adamBetas[1] ** steps)
      const pace = spec.optimizer === 'adam' ? (rate * second) / first : rate
      for (const layer of layers) layer.update(pace, adamEpsilon * second)
      trial?.took(performance.now() - started)
      return loss
    },
    predict(rows) {
      forward(rows, false)
      return z.subarray(0, rows * outputs)
    },
    gradients(rows, target, weights) {
      const loss = backward(rows, target, weights)
      return { loss, layers: layers.map((layer) => layer.gradients()) }
    },
    state: () => layers.map((layer) => layer.state()),
    dispose() {
      for (const companion of companions) companion.close()
    },
  }
}
