/** HOT LOOP: one layer of a dense network, forwards, backwards and a step of the optimiser. */
import { type Activator, activatorOf } from './activators.ts'
import { createBatchNorm } from './batch-norm.ts'
import type { Plan } from './kernel-network.ts'
import { fillDropMask, type Gradients, type LayerState, type NetworkSpec } from './network.ts'
import type { NetworkKernel } from './network-kernel.ts'

export function padded(count: number, to: number): number {
  return Math.ceil(count / to) * to
}

export interface KernelLayer {
  /** From the values of the layer before to its own. */
  forward(rows: number, training: boolean): void
  /** From the gradient by its own values to those by its weights and by the values of the layer before. */
  backward(rows: number): void
  update(pace: number, epsilon: number): void
  gradients(): Gradients['layers'][number]
  state(): LayerState
}

interface Making {
  spec: NetworkSpec
  places: Plan
  kernel: NetworkKernel
  /** The whole memory. */
  values: Float32Array
  /** From the inputs on. */
  index: number
  initial: LayerState
}

/** Turns `[rows][columns]` around into `[columns][rows]`. */
function turn(values: Float32Array, from: number, to: number, rows: number, columns: number): void {
  for (let c = 0; c < columns; c++) {
    for (let r = 0, at = from + c; r < rows; r++, at += columns) values[to + c * rows + r] = values[at]!
  }
}

export function createKernelLayer({ spec, places, kernel, values, index, initial }: Making): KernelLayer {
  const { inputs, outputs } = initial
  const place = places.layers[index]!
  const from = places.widths[index]!
  const width = places.widths[index + 1]!
  const source = places.values[index]!
  const own = places.values[index + 1]!
  const isHead = index === places.layers.length - 1
  const slope = places.gradients[(index + 1) % 2]!
  const slopeBefore = places.gradients[index % 2]!
  const activator: Activator | null = isHead ? null : activatorOf(spec.activation, kernel, values)
  const stay = 1 - spec.dropout
  const drops = !isHead && spec.dropout > 0
  const norm = initial.norm
    ? createBatchNorm({
        values,
        width,
        outputs,
        own,
        normed: place.normed,
        shifts: place.shifts,
        slope,
        shiftSlopes: place.shiftSlopes,
      })
    : null
  for (let i = 0; i < inputs; i++) {
    values.set(initial.kernel.subarray(i * outputs, (i + 1) * outputs), place.kernel / 4 + i * width)
  }
  values.set(initial.bias, place.shifts / 4)
  if (initial.norm) values.set(initial.norm.gamma, place.shifts / 4 + width)

  /** Padding must stay zero, or its weights would learn; the sigmoid of zero is not. */
  const clearPadding = (rows: number) => {
    if (outputs === width) return
    for (let r = 0, at = own / 4; r < rows; r++, at += width) values.fill(0, at + outputs, at + width)
  }
  /** The first `inputs` rows and `outputs` columns of a padded matrix. */
  const cut = (at: number) => {
    const matrix = new Float32Array(inputs * outputs)
    for (let i = 0; i < inputs; i++) {
      matrix.set(values.subarray(at / 4 + i * width, at / 4 + i * width + outputs), i * outputs)
    }
    return matrix
  }
  const row = (at: number) => values.slice(at / 4, at / 4 + outputs)

  return {
    forward(rows, training) {
      const start = norm ? places.zeros : place.shifts
      kernel.multiply(
        ...([source, from * 4, 4, from, place.kernel, width * 4, own, width * 4] as const),
        ...([padded(rows, 4), width * 4, start] as const),
      )
      if (isHead) return
      norm?.forward(rows, training)
      activator?.forward(own, rows * width)
      if (spec.activation === 'sigmoid') clearPadding(rows)
      if (!drops || !training) return
      fillDropMask(values.subarray(place.mask / 4), rows, outputs, width, spec.dropout, spec.random)
      kernel.scale(own, own + rows * width * 4, place.mask)
    },
    backward(rows) {
      const end = slope + rows * width * 4
      if (drops) kernel.scale(slope, end, place.mask)
      // Dropout divided what stays; the activation's slope is that of the value before.
      activator?.backward(slope, own, rows * width, drops ? stay : 1)
      if (norm) norm.backward(rows)
      else kernel.columnSums(slope, end, width * 4, place.shiftSlopes)
      kernel.multiply(
        ...([source, 4, from * 4, rows, slope, width * 4, place.kernelSlope, width * 4] as const),
        ...([from, width * 4, places.zeros] as const),
      )
      if (index === 0) return
      turn(values, place.kernel / 4, place.turned / 4, from, width)
      kernel.multiply(
        ...([slope, width * 4, 4, width, place.turned, from * 4, slopeBefore, from * 4] as const),
        ...([padded(rows, 4), from * 4, places.zeros] as const),
      )
    },
    update(pace, epsilon) {
      const kernelEnd = place.kernel + from * width * 4
      const shiftEnd = place.shifts + 2 * width * 4
      const [first, second] = place.kernelMoments
      const [shiftFirst, shiftSecond] = place.shiftMoments
      if (spec.optimizer === 'adam') {
        kernel.adam(place.kernel, kernelEnd, place.kernelSlope, first, second, pace, spec.l2, epsilon)
        kernel.adam(place.shifts, shiftEnd, place.shiftSlopes, shiftFirst, shiftSecond, pace, 0, epsilon)
      } else {
        kernel.descend(place.kernel, kernelEnd, place.kernelSlope, first, pace, spec.l2, spec.momentum)
        kernel.descend(place.shifts, shiftEnd, place.shiftSlopes, shiftFirst, pace, 0, spec.momentum)
      }
    },
    gradients() {
      const weights = cut(place.kernel)
      return {
        kernel: cut(place.kernelSlope).map((value, i) => value + spec.l2 * weights[i]!),
        bias: row(place.shiftSlopes),
        gamma: norm ? row(place.shiftSlopes + width * 4) : null,
      }
    },
    state: () => ({
      inputs,
      outputs,
      kernel: cut(place.kernel),
      bias: row(place.shifts),
      norm: norm ? { gamma: row(place.shifts + width * 4), ...norm.moments() } : null,
    }),
  }
}
