import { descent, type Minimisation, type Pair, remember } from './lbfgs.ts'

/** The steepest-descent side of `loss + Σ l1ᵢ|θᵢ|`: zero where moving off zero does not pay. */
function pseudoGradient(theta: Float64Array, gradient: Float64Array, l1: Float64Array): Float64Array {
  return gradient.map((slope, i) => {
    const penalty = l1[i]!
    const at = theta[i]!
    if (at !== 0) return slope + Math.sign(at) * penalty
    if (slope + penalty < 0) return slope + penalty
    return slope - penalty > 0 ? slope - penalty : 0
  })
}

/**
 * Minimises a smooth function plus `Σ l1ᵢ|θᵢ|` by orthant-wise L-BFGS (Andrew and Gao, Scalable training of
 * L1-regularized log-linear models, 2007): steps stay in one orthant, so weights become exactly zero.
 *
 * @param l1 a penalty per component, 0 for one that is free
 */
export function minimiseSparse(problem: Minimisation, l1: Float64Array): void {
  const { theta, evaluate } = problem
  const penalty = (at: Float64Array) => at.reduce((sum, value, i) => sum + l1[i]! * Math.abs(value), 0)
  let gradient = new Float64Array(theta.length)
  let trialGradient = new Float64Array(theta.length)
  let total = evaluate(theta, gradient) + penalty(theta)
  const pairs: Pair[] = []
  const recent = [total]
  for (let iteration = 1; iteration <= problem.maxIterations; iteration++) {
    const pseudo = pseudoGradient(theta, gradient, l1)
    if (pseudo.every((slope) => Math.abs(slope) <= problem.gradientTolerance)) break
    const direction = descent(pseudo, pairs).map((value, i) => (value * pseudo[i]! < 0 ? value : 0))
    const orthant = theta.map((value, i) => Math.sign(value) || -Math.sign(pseudo[i]!))
    let length = pairs.length === 0 ? Math.min(1, 1 / Math.max(...pseudo.map(Math.abs))) : 1
    let trial = theta
    let trialTotal = Number.NaN
    let found = false
    for (let attempt = 0; attempt < 40 && !found; attempt++) {
      trial = theta.map((value, i) => {
        const moved = value + length * direction[i]!
        // Only penalised components have a kink at zero to stop at.
        return l1[i] === 0 || moved * orthant[i]! > 0 ? moved : 0
      })
      trialTotal = evaluate(trial, trialGradient) + penalty(trial)
      const gained = trial.reduce((sum, value, i) => sum + pseudo[i]! * (value - theta[i]!), 0)
      found = trialTotal <= total + 1e-4 * gained
      length /= 2
    }
    if (!found) break
    remember(
      pairs,
      trial.map((value, i) => value - theta[i]!),
      trialGradient.map((value, i) => value - gradient[i]!),
    )
    theta.set(trial)
    ;[gradient, trialGradient] = [trialGradient, gradient]
    total = trialTotal
    recent.push(total)
    if (!problem.onIteration(iteration, theta)) break
    const before = recent.at(-4)
    if (before !== undefined && before - total <= problem.lossTolerance * Math.max(Math.abs(total), 1e-12))
      break
  }
}
