export interface Minimisation {
  /** Starts here; overwritten with the minimum. */
  theta: Float64Array
  /** The objective at `theta`; writes its gradient. */
  evaluate(theta: Float64Array, gradient: Float64Array): number
  maxIterations: number
  /** Ends when no component of the gradient is larger. */
  gradientTolerance: number
  /** Ends when three iterations together gain less than this fraction of the objective. */
  lossTolerance: number
  /** After every iteration; answers whether to go on. */
  onIteration(iteration: number, theta: Float64Array): boolean
}

const memory = 10

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!
  return sum
}

function addScaled(target: Float64Array, factor: number, source: Float64Array): void {
  for (let i = 0; i < target.length; i++) target[i] = target[i]! + factor * source[i]!
}

function largest(values: Float64Array): number {
  let most = 0
  for (const value of values) most = Math.max(most, Math.abs(value))
  return most
}

export interface Pair {
  step: Float64Array
  change: Float64Array
  rho: number
}

/** −H·gradient by the two-loop recursion (Nocedal and Wright, Numerical Optimization, algorithm 7.4). */
export function descent(gradient: Float64Array, pairs: readonly Pair[]): Float64Array {
  const direction = gradient.map((value) => -value)
  const alphas = new Float64Array(pairs.length)
  for (let i = pairs.length - 1; i >= 0; i--) {
    const { step, change, rho } = pairs[i]!
    alphas[i] = rho * dot(step, direction)
    addScaled(direction, -alphas[i]!, change)
  }
  const newest = pairs.at(-1)
  const scale = newest ? 1 / (newest.rho * dot(newest.change, newest.change)) : 1
  for (let i = 0; i < direction.length; i++) direction[i] = direction[i]! * scale
  for (let i = 0; i < pairs.length; i++) {
    const { step, change, rho } = pairs[i]!
    addScaled(direction, alphas[i]! - rho * dot(change, direction), step)
  }
  return direction
}

/** Keeps the newest steps whose curvature is positive beyond rounding. */
export function remember(pairs: Pair[], step: Float64Array, change: Float64Array): void {
  const curvature = dot(step, change)
  if (!(curvature > 1e-12 * dot(change, change))) return
  pairs.push({ step, change, rho: 1 / curvature })
  if (pairs.length > memory) pairs.shift()
}

/**
 * Minimises a smooth function by L-BFGS with a bisecting line search for the weak Wolfe conditions
 * (Lewis and Overton, 2013). Ends as well when the line search finds nothing lower, which is as far as
 * float32 gradients reach.
 *
 * @returns the objective at the minimum
 */
export function minimise(problem: Minimisation): number {
  const { theta, evaluate } = problem
  const size = theta.length
  let gradient = new Float64Array(size)
  let loss = evaluate(theta, gradient)
  const pairs: Pair[] = []
  const recent = [loss]
  let trial = new Float64Array(size)
  let trialGradient = new Float64Array(size)
  for (let iteration = 1; iteration <= problem.maxIterations; iteration++) {
    if (largest(gradient) <= problem.gradientTolerance) break
    const direction = descent(gradient, pairs)
    const slope = dot(direction, gradient)
    if (!(slope < 0)) break
    let low = 0
    let high = Number.POSITIVE_INFINITY
    let length = pairs.length === 0 ? Math.min(1, 1 / largest(gradient)) : 1
    let trialLoss = Number.NaN
    let found = false
    for (let attempt = 0; attempt < 25 && !found; attempt++) {
      trial.set(theta)
      addScaled(trial, length, direction)
      trialLoss = evaluate(trial, trialGradient)
      if (!(trialLoss <= loss + 1e-4 * length * slope)) high = length
      else if (dot(trialGradient, direction) < 0.9 * slope) low = length
      else found = true
      if (!found) length = high === Number.POSITIVE_INFINITY ? 2 * low : (low + high) / 2
    }
    if (!found) break
    remember(
      pairs,
      trial.map((value, i) => value - theta[i]!),
      trialGradient.map((value, i) => value - gradient[i]!),
    )
    theta.set(trial)
    ;[gradient, trialGradient] = [trialGradient, gradient]
    trial = new Float64Array(size)
    loss = trialLoss
    recent.push(loss)
    if (!problem.onIteration(iteration, theta)) break
    const before = recent.at(-4)
    if (before !== undefined && before - loss <= problem.lossTolerance * Math.max(Math.abs(loss), 1e-12))
      break
  }
  return loss
}
