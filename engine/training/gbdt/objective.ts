/**
 * HOT LOOP: gradients of every row in every round (benchmark: bench/gbdt.ts).
 *
 * First and second derivatives of the loss in the margin, as XGBoost defines them for the objectives of the same names.
 */
import type { GbdtObjective } from '../../../shared/models/gbdt/tree-model.ts'

const leastHessian = 1e-16
/** XGBoost's `max_delta_step` of `count:poisson`, which keeps steps from overshooting where means are small. */
export const poissonStep = 0.7

const powersOfTwo = Float64Array.from({ length: 256 }, (_, i) => 2 ** (i - 128))

/** e^x within 1e-9 of it, for −85 < x < 85 and held at these beyond: Math.exp is a call, this is inlined. */
function exponential(x: number): number {
  const held = Math.min(Math.max(x, -85), 85)
  const whole = (held * Math.LOG2E + 128.5) | 0
  const r = held - (whole - 128) * Math.LN2
  // Taylor's series to the eighth power, in halves that the processor works out side by side.
  const r2 = r * r
  const low = 1 + r + r2 * (1 / 2 + r * (1 / 6))
  const high = 1 / 24 + r * (1 / 120) + r2 * (1 / 720 + r * (1 / 5040) + r2 * (1 / 40_320))
  const series = low + r2 * r2 * high
  return series * powersOfTwo[whole]!
}

// A product of probabilities takes one logarithm for many of them; below the first bound it is taken, and no
// factor is below the second, so it never reaches 0.
const leastProduct = 1e-250
const leastFactor = 1e-30

export interface MarginRows {
  readonly rows: number
  readonly target: Float32Array
  /** How much each row counts; null where all count the same. */
  readonly weights: Float32Array | null
  /** One run of `rows` margins per group. */
  readonly scores: Float32Array
}

/**
 * Writes (gradient, hessian) of rows `from … to` into `pairs`, for any objective but `multi:softprob`.
 *
 * @returns the weighted sum of the rows' losses
 */
export function writeGradients(
  objective: GbdtObjective,
  quantile: number,
  { target, weights, scores }: MarginRows,
  from: number,
  to: number,
  pairs: Float32Array,
): number {
  let loss = 0
  switch (objective) {
    case 'binary:logistic': {
      if (weights) {
        for (let r = from; r < to; r++) {
          const weight = weights[r]!
          const sign = target[r]! + target[r]! - 1
          const p = 1 / (1 + exponential(-sign * scores[r]!))
          pairs[2 * r] = sign * (p - 1) * weight
          pairs[2 * r + 1] = Math.max(p * (1 - p), leastHessian) * weight
          loss -= weight * Math.log(Math.max(p, leastFactor))
        }
        return loss
      }
      let product = 1
      for (let r = from; r < to; r++) {
        // Of what came: the probability of positive for a positive row, of negative for a negative one.
        const sign = target[r]! + target[r]! - 1
        const p = 1 / (1 + exponential(-sign * scores[r]!))
        pairs[2 * r] = sign * (p - 1)
        pairs[2 * r + 1] = Math.max(p * (1 - p), leastHessian)
        product *= Math.max(p, leastFactor)
        if (product < leastProduct) {
          loss -= Math.log(product)
          product = 1
        }
      }
      return loss - Math.log(product)
    }
    case 'reg:squarederror':
      for (let r = from; r < to; r++) {
        const error = scores[r]! - target[r]!
        const weight = weights ? weights[r]! : 1
        pairs[2 * r] = error * weight
        pairs[2 * r + 1] = weight
        loss += error * error * weight
      }
      return loss
    case 'count:poisson': {
      const step = Math.exp(poissonStep)
      for (let r = from; r < to; r++) {
        const mean = exponential(scores[r]!)
        const weight = weights ? weights[r]! : 1
        pairs[2 * r] = (mean - target[r]!) * weight
        pairs[2 * r + 1] = mean * step * weight
        loss += (mean - target[r]! * scores[r]!) * weight
      }
      return loss
    }
    case 'reg:absoluteerror':
    case 'reg:quantileerror': {
      // The absolute error is twice the median's pinball loss.
      const isAbsolute = objective === 'reg:absoluteerror'
      const above = isAbsolute ? 1 : 1 - quantile
      const below = isAbsolute ? -1 : -quantile
      for (let r = from; r < to; r++) {
        const error = scores[r]! - target[r]!
        const slope = error > 0 ? above : error < 0 ? below : isAbsolute ? 0 : above
        const weight = weights ? weights[r]! : 1
        pairs[2 * r] = slope * weight
        pairs[2 * r + 1] = weight
        loss += error * slope * weight
      }
      return loss
    }
    default:
      throw new Error(`${objective} has its gradients by class.`)
  }
}

/** Writes the classes' probabilities of rows `from … to`, laid out as the scores are; returns the weighted sum of −log p(actual). */
export function writeProbabilities(
  { rows, target, weights, scores }: MarginRows,
  groups: number,
  from: number,
  to: number,
  probabilities: Float32Array,
): number {
  let loss = 0
  let product = 1
  for (let r = from; r < to; r++) {
    let largest = Number.NEGATIVE_INFINITY
    for (let k = 0; k < groups; k++) if (scores[k * rows + r]! > largest) largest = scores[k * rows + r]!
    let sum = 0
    for (let k = 0; k < groups; k++) {
      const power = exponential(scores[k * rows + r]! - largest)
      probabilities[k * rows + r] = power
      sum += power
    }
    for (let k = 0; k < groups; k++) probabilities[k * rows + r] = probabilities[k * rows + r]! / sum
    if (weights) {
      loss -= weights[r]! * Math.log(Math.max(probabilities[target[r]! * rows + r]!, leastFactor))
      continue
    }
    product *= Math.max(probabilities[target[r]! * rows + r]!, leastFactor)
    if (product < leastProduct) {
      loss -= Math.log(product)
      product = 1
    }
  }
  return loss - Math.log(product)
}

/** Pairs of one class from the probabilities. */
export function writeClassGradients(
  { rows, target, weights }: MarginRows,
  group: number,
  from: number,
  to: number,
  probabilities: Float32Array,
  pairs: Float32Array,
): void {
  for (let r = from; r < to; r++) {
    const p = probabilities[group * rows + r]!
    const weight = weights ? weights[r]! : 1
    pairs[2 * r] = (target[r] === group ? p - 1 : p) * weight
    pairs[2 * r + 1] = Math.max(2 * p * (1 - p) * weight, leastHessian)
  }
}

/**
 * The value below which a share `q` of the values lies, linear between neighbours, as XGBoost has it: place
 * q · (n + 1) of the sorted values (Hyndman & Fan 1996, type 6). Sorts the values.
 */
export function quantileOf(values: Float32Array | Float64Array, q: number): number {
  values.sort()
  const at = Math.min(Math.max(q * (values.length + 1) - 1, 0), values.length - 1)
  const low = Math.floor(at)
  const high = Math.min(low + 1, values.length - 1)
  return values[low]! + (at - low) * (values[high]! - values[low]!)
}

/** The least value up to which at least a share `q` of the weight lies, as XGBoost has it where rows are weighted. */
export function weightedQuantileOf(values: ArrayLike<number>, weights: ArrayLike<number>, q: number): number {
  const order = Array.from({ length: values.length }, (_, i) => i).sort((a, b) => values[a]! - values[b]!)
  const total = order.reduce((sum, i) => sum + weights[i]!, 0)
  let sum = 0
  for (const i of order) {
    sum += weights[i]!
    if (sum >= total * q) return values[i]!
  }
  return values[order.at(-1)!]!
}

/** What every row is predicted before the first tree, as XGBoost's `base_score` says it. */
export function initialScore(
  objective: GbdtObjective,
  quantile: number,
  target: Float32Array,
  weights: Float32Array | null,
  groups: number,
): Float32Array {
  const weightOf = (row: number) => (weights ? weights[row]! : 1)
  const total = weights ? weights.reduce((sum, value) => sum + value, 0) : target.length
  const mean = target.reduce((sum, value, row) => sum + value * weightOf(row), 0) / total
  const quantileAt = (q: number) =>
    weights ? weightedQuantileOf(target, weights, q) : quantileOf(target.slice(), q)
  switch (objective) {
    case 'binary:logistic':
      return Float32Array.of(Math.min(Math.max(mean, 1e-6), 1 - 1e-6))
    case 'multi:softprob': {
      const counts = new Float64Array(groups)
      target.forEach((k, row) => {
        counts[k] = counts[k]! + weightOf(row)
      })
      return Float32Array.from(counts, (count) => Math.log(Math.max(count, 1e-3) / total))
    }
    case 'reg:squarederror':
      return Float32Array.of(mean)
    case 'count:poisson':
      return Float32Array.of(Math.max(mean, 1e-6))
    case 'reg:absoluteerror':
      return Float32Array.of(quantileAt(0.5))
    case 'reg:quantileerror':
      return Float32Array.of(quantileAt(quantile))
  }
}
