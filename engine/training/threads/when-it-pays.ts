/** Steps of one kind in a trial, and steps between two trials. */
const trialSteps = 12
const settledSteps = 1_000

export interface Trial {
  /** Whether the next step is to be done together. */
  together(): boolean
  /** Milliseconds that the step took. */
  took(milliseconds: number): void
}

/**
 * Finds out whether steps are faster together with other threads or alone: a few of each by turns, then the faster for
 * a thousand steps, and again. Where other programs want the same cores, waiting for a thread costs many times what it
 * saves, and that comes and goes. Only for steps with the same outcome either way.
 */
export function whenItPays(): Trial {
  let step = 0
  let spent: [alone: number, together: number] = [0, 0]
  let winner = false
  const inTrial = () => step < 2 * trialSteps
  const together = () => (inTrial() ? step % 2 === 1 : winner)
  return {
    together,
    took(milliseconds) {
      if (inTrial()) {
        spent[together() ? 1 : 0] += milliseconds
        if (step === 2 * trialSteps - 1) winner = spent[1] < spent[0]
      }
      step++
      if (step < 2 * trialSteps + settledSteps) return
      step = 0
      spent = [0, 0]
    },
  }
}
