import { describe, expect, it } from 'vitest'
import { fuzz } from './testing/fuzz.ts'

/** The same over 100,000 bodies, with a bound on memory, is e2e/serving-fuzz.spec.ts. */
describe('mutated request bodies', () => {
  it('are answered or refused, never with 5xx, over every protocol', async () => {
    const { statuses, failed } = await fuzz(2_000, 7)
    expect(failed).toEqual([])
    expect(statuses['200'] ?? 0).toBeGreaterThan(50)
    expect(statuses['400'] ?? 0).toBeGreaterThan(500)
  })
})
