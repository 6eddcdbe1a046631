/** HOT LOOP: one training step of a dense network on our own kernel (benchmark: bench/mlp.ts). */
import { allocateWasmMemory, pageBytes } from '../gbdt/wasm.ts'
import { headLoss } from './head-loss.ts'
import { createKernelLayer, type KernelLayer, padded } from './kernel-layer.ts'
import { adamBetas, adamEpsilon, initialLayers, type Network, type NetworkSpec } from './network.ts'
import { openNetworkKernel } from './network-kernel.ts'

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

function allocate(spec: NetworkSpec) {
  let floats = 4
  const take = (count: number) => {
    const at = floats * 4
    floats += padded(count, lanes)
    return at
  }
  const places = plan(spec, take)
  const pages = Math.ceil((floats * 4) / pageBytes)
  const memory = allocateWasmMemory(pages)
  return { places, kernel: openNetworkKernel(memory, pages), values: new Float32Array(memory.buffer) }
}

/** A network in one stretch of WebAssembly memory; nothing is allocated per step. */
export function createKernelNetwork(spec: NetworkSpec): Network {
  const { places, kernel, values } = allocate(spec)
  const outputs = spec.sizes.at(-1)!
  const headWidth = places.widths.at(-1)!
  const layers: KernelLayer[] = initialLayers(spec).map((initial, l) =>
    createKernelLayer({ spec, places, kernel, values, index: l, initial }),
  )
  const z = new Float64Array(places.rows * outputs)
  const residual = new Float64Array(places.rows * outputs)
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
      const loss = backward(rows, target, weights)
      steps++
      const first = 1 - adamBetas[0] ** steps
      const second = Math.sqrt(1 - adamBetas[1] ** steps)
      const pace = spec.optimizer === 'adam' ? (rate * second) / first : rate
      for (const layer of layers) layer.update(pace, adamEpsilon * second)
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
    dispose: () => {},
  }
}
