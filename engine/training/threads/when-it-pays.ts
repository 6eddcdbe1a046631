/** Steps of one kind in a trial, and steps between two trials. */
const trialSteps = 9
const settledSteps = 1_000

export interface Trial {
  /** Whether the next step is to be done together. */
  together(): boolean
  /** Milliseconds that the step took. */
  took(milliseconds: number): void
}

const median = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1] ?? 0

/**
 * Finds out whether steps are faster together with other threads or alone: some alone, then as many together, then the
 * faster for a thousand steps, and again. Where other programs want the same cores, waiting for a thread costs many
 * times what it saves, and that comes and goes. Only for steps with the same outcome either way.
 *
 * Those of a kind come in a row, as they would go on: a thread that has just worked is still awake. The medians count,
 * since the first step together wakes the others.
 */
export function whenItPays(): Trial {
  let step = 0
  let alone: number[] = []
  let shared: number[] = []
  let winner = false
  const together = () => (step < trialSteps ? false : step < 2 * trialSteps ? true : winner)
  return {
    together,
    took(milliseconds) {
      if (step < trialSteps) alone.push(milliseconds)
      else if (step < 2 * trialSteps) shared.push(milliseconds)
      step++
      if (step === 2 * trialSteps) winner = median(shared) < median(alone)
      if (step < 2 * trialSteps + settledSteps) return
      step = 0
      alone = []
      shared = []
    },
  }
}
