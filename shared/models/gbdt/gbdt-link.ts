/** HOT LOOP: turns the margins of every scored row into scores (benchmark: bench/gbdt.ts). */
import type { Activation } from '../dense-model.ts'
import type { GbdtObjective } from './tree-model.ts'

export const activationOf: Record<GbdtObjective, Activation> = {
  'binary:logistic': 'sigmoid',
  'multi:softprob': 'softmax',
  'reg:squarederror': 'linear',
  'reg:absoluteerror': 'linear',
  'count:poisson': 'linear',
  'reg:quantileerror': 'linear',
}

/** Margins to scores: `count` rows of `groups` from `margins`, written from `out[at]` on. */
type Link = (margins: Float32Array, count: number, groups: number, out: Float64Array, at: number) => void

/** The link function of an objective, in float64. */
export function linkOf(objective: GbdtObjective): Link {
  switch (objective) {
    case 'binary:logistic':
      return (margins, count, _, out, at) => {
        for (let i = 0; i < count; i++) out[at + i] = 1 / (1 + Math.exp(-margins[i]!))
      }
    case 'count:poisson':
      return (margins, count, _, out, at) => {
        for (let i = 0; i < count; i++) out[at + i] = Math.exp(margins[i]!)
      }
    case 'multi:softprob':
      return (margins, count, groups, out, at) => {
        for (let i = 0; i < count * groups; i += groups) {
          // Subtracting the largest keeps exp() from overflowing and changes no ratio.
          let largest = Number.NEGATIVE_INFINITY
          for (let k = i; k < i + groups; k++) if (margins[k]! > largest) largest = margins[k]!
          let sum = 0
          for (let k = i; k < i + groups; k++) {
            const power = Math.exp(margins[k]! - largest)
            out[at + k] = power
            sum += power
          }
          for (let k = i; k < i + groups; k++) out[at + k] = out[at + k]! / sum
        }
      }
    default:
      return (margins, count, _, out, at) => {
        for (let i = 0; i < count; i++) out[at + i] = margins[i]!
      }
  }
}
