import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { afterEnd, usualRestarts } from './restart-policy.ts'

/** The pauses in milliseconds when every process ends at once, up to the end. */
function pauses(policy = usualRestarts): number[] {
  const found: number[] = []
  for (let inARow = 0; ; ) {
    const next = afterEnd(policy, inARow, 0)
    if (next.type === 'give-up') return found
    found.push(next.delayMs)
    inARow = next.inARow
  }
}

describe('restarting', () => {
  it('waits twice as long each time, and gives up after eight in a row', () => {
    expect(pauses()).toEqual([500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000])
  })

  it('begins anew after a process that ran for a minute', () => {
    expect(afterEnd(usualRestarts, 8, 59_999)).toEqual({ type: 'give-up' })
    expect(afterEnd(usualRestarts, 8, 60_000)).toEqual({ type: 'restart', inARow: 1, delayMs: 500 })
  })

  it('never waits longer than the longest pause nor restarts more often than allowed', () => {
    fc.assert(
      fc.property(fc.nat(40), fc.integer({ min: 1, max: 5000 }), fc.nat(60_000), (atMost, first, more) => {
        const policy = { atMost, firstDelayMs: first, longestDelayMs: first + more, steadyMs: 1 }
        const found = pauses(policy)
        expect(found).toHaveLength(atMost)
        expect(found.every((delay, i) => delay <= first + more && delay >= (found[i - 1] ?? first))).toBe(
          true,
        )
      }),
    )
  })
})
