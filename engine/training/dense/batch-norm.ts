/** HOT LOOP: batch normalisation of a hidden layer (Ioffe and Szegedy, 2015), in place. */
import { normEpsilon, normMomentum } from './network.ts'

interface Making {
  /** The whole memory; places are bytes. */
  values: Float32Array
  width: number
  outputs: number
  own: number
  /** Gets the normalised values, for the way back. */
  normed: number
  /** Bias (the shift), then gamma. */
  shifts: number
  slope: number
  shiftSlopes: number
}

export function createBatchNorm({ values, width, outputs, own, normed, shifts, slope, shiftSlopes }: Making) {
  const mean = new Float32Array(outputs)
  const variance = new Float32Array(outputs).fill(1)
  const scales = new Float64Array(outputs)
  return {
    forward(rows: number, training: boolean): void {
      for (let o = 0; o < outputs; o++) {
        let centre: number = mean[o]!
        let spread: number = variance[o]!
        if (training) {
          let sum = 0
          for (let r = 0, at = own / 4 + o; r < rows; r++, at += width) sum += values[at]!
          centre = sum / rows
          let squares = 0
          for (let r = 0, at = own / 4 + o; r < rows; r++, at += width) squares += (values[at]! - centre) ** 2
          spread = squares / rows
          // Unbiased, as the model will see rows it was not fitted to.
          const unbiased = rows > 1 ? squares / (rows - 1) : spread
          mean[o] = mean[o]! + normMomentum * (centre - mean[o]!)
          variance[o] = variance[o]! + normMomentum * (unbiased - variance[o]!)
        }
        const scale = 1 / Math.sqrt(spread + normEpsilon)
        scales[o] = scale
        const gamma = values[shifts / 4 + width + o]!
        const shift = values[shifts / 4 + o]!
        for (let r = 0, at = own / 4 + o, to = normed / 4 + o; r < rows; r++, at += width, to += width) {
          const value = (values[at]! - centre) * scale
          values[to] = value
          values[at] = gamma * value + shift
        }
      }
    },
    /** The gradient by the layer's product from that by what was normalised, shifted and scaled. */
    backward(rows: number): void {
      for (let o = 0; o < outputs; o++) {
        let sum = 0
        let along = 0
        for (let r = 0, at = slope / 4 + o, to = normed / 4 + o; r < rows; r++, at += width, to += width) {
          sum += values[at]!
          along += values[at]! * values[to]!
        }
        values[shiftSlopes / 4 + o] = sum
        values[shiftSlopes / 4 + width + o] = along
        const factor = values[shifts / 4 + width + o]! * scales[o]!
        for (let r = 0, at = slope / 4 + o, to = normed / 4 + o; r < rows; r++, at += width, to += width) {
          values[at] = factor * (values[at]! - sum / rows - (values[to]! * along) / rows)
        }
      }
    },
    moments: () => ({ mean: mean.slice(), variance: variance.slice() }),
  }
}
