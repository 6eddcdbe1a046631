export interface Rung {
  candidates: number
  /** Rows, trees or epochs that each of them is given. */
  resource: number
}

/** The whole power of `factor` reached; guarded against a logarithm that falls short of a whole number. */
function powersIn(value: number, factor: number): number {
  return Math.floor(Math.log(value) / Math.log(factor) + 1e-9)
}

/**
 * The rungs of successive halving (Karnin, Koren, Somekh 2013) as scikit-learn schedules them with
 * `aggressive_elimination=False`: each rung keeps one candidate in `factor`, and gives `factor` times the resource.
 *
 * @param least where given, the first rung's resource; else as much as lets the last rung use `most`, but not less
 *   than `smallest`
 */
export function halvingSchedule(options: {
  candidates: number
  factor: number
  smallest: number
  most: number
  least?: number
}): Rung[] {
  const { candidates, factor, smallest, most } = options
  const required = 1 + powersIn(candidates, factor)
  const first = options.least ?? Math.max(smallest, Math.floor(most / factor ** (required - 1) + 1e-9))
  const possible = 1 + powersIn(Math.max(1, Math.floor(most / first)), factor)
  const rungs: Rung[] = []
  let left = candidates
  for (let i = 0; i < Math.min(required, possible); i++) {
    rungs.push({ candidates: left, resource: Math.min(Math.floor(factor ** i * first + 1e-9), most) })
    left = Math.ceil(left / factor)
  }
  return rungs
}
