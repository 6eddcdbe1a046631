import { expect, test } from 'vitest'
import { whenItPays } from './when-it-pays.ts'

/** Runs steps that take so long alone and together; answers the share of them done together. */
function share(steps: number, trial: ReturnType<typeof whenItPays>, alone: number, together: number): number {
  let count = 0
  for (let i = 0; i < steps; i++) {
    const shared = trial.together()
    if (shared) count++
    trial.took(shared ? together : alone)
  }
  return count / steps
}

test('steps are done the way that is faster', () => {
  expect(share(500, whenItPays(), 2, 1)).toBeGreaterThan(0.9)
  expect(share(500, whenItPays(), 1, 2)).toBeLessThan(0.1)
})

test('another program that comes or goes is noticed', () => {
  const trial = whenItPays()
  share(1_018, trial, 2, 1)
  expect(share(1_018, trial, 2, 30)).toBeLessThan(0.1)
  expect(share(1_018, trial, 2, 1)).toBeGreaterThan(0.9)
})
