import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { BaselineColumn } from '../../../../shared/drift/baseline.ts'
import { baselineShares } from './baseline-shares.ts'

const moments = { n: 0, mean: 0, m2: 0, min: null, max: null }

function numeric(edges: number[], counts: number[]): BaselineColumn {
  return { layout: { kind: 'numeric', name: 'x', edges }, stats: { ...moments, counts } }
}

describe('the baseline histogram', () => {
  it('spreads quantile bins over bars of equal width, because their counts are all alike', () => {
    //                                        below  0–1  1–3  above  missing  ±∞
    const { bars, missing, rows } = baselineShares(numeric([0, 1, 3], [0, 40, 40, 0, 20, 0]))
    expect(rows).toBe(100)
    expect(missing).toBe(0.2)
    expect(bars).toHaveLength(24)
    expect(bars[0]).toMatchObject({ label: '0 to 0.125' })
    expect(bars[0]!.share).toBeCloseTo(0.4 / 8)
    expect(bars[23]!.share).toBeCloseTo(0.4 / 16)
  })

  it('names the ends of numbers, and no ends of categories, which have names of their own', () => {
    expect(baselineShares(numeric([0.00131, 1, 25849.7], [0, 40, 40, 0, 20, 0])).ends).toEqual([
      '0.00131',
      '25,850',
    ])
    const layout = { kind: 'categorical', name: 'churn', categories: ['false', 'true'] } as const
    const named = baselineShares({
      layout: { ...layout, categories: [...layout.categories] },
      stats: { ...moments, counts: [3, 1, 0, 0, 0] },
    })
    expect(named.ends).toBeUndefined()
    expect(named.bars.map(({ label }) => label)).toEqual(['false', 'true'])
  })

  it('keeps every row of the bins, with ties and uneven edges', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 5 }), fc.nat(100)), { minLength: 1, maxLength: 20 }),
        fc.boolean(),
        (steps, whole) => {
          const edges = [0]
          for (const [step] of steps) edges.push(edges.at(-1)! + step)
          const { bars, rows } = baselineShares(
            numeric(edges, [0, ...steps.map(([, n]) => n), 0, 3, 0]),
            whole,
          )
          const shown = bars.reduce((sum, bar) => sum + bar.share, 0)
          expect(shown * rows).toBeCloseTo(rows - 3)
        },
      ),
    )
  })

  it('puts a bin of one value whole into its bar', () => {
    const { bars } = baselineShares(numeric([0, 0, 24], [0, 50, 50, 0, 0, 0]))
    expect(bars[0]!.share).toBeCloseTo(0.5 + 0.5 / 24)
  })

  it('puts whole numbers where they are and nothing between', () => {
    const { bars } = baselineShares(numeric([0, 1, 1], [0, 60, 40, 0, 0, 0]), true)
    expect(bars).toEqual([
      { label: '0', share: 0.6 },
      { label: '1', share: 0.4 },
    ])
  })

  it('draws a constant column as one bar', () => {
    expect(baselineShares(numeric([7], [0, 0, 5, 0])).bars).toHaveLength(1)
  })

  it('draws categories by share, `other` last, missing apart', () => {
    const { bars, missing } = baselineShares({
      layout: { kind: 'categorical', name: 'c', categories: ['a', 'b'] },
      stats: { ...moments, counts: [50, 25, 5, 0, 20] },
    })
    expect(bars.map((bar) => [bar.label, bar.share])).toEqual([
      ['a', 0.5],
      ['b', 0.25],
      ['other', 0.05],
    ])
    expect(missing).toBe(0.2)
  })

  it('survives a baseline without rows', () => {
    expect(baselineShares(numeric([0, 1], [0, 0, 0, 0, 0])).bars[0]).toMatchObject({ share: 0 })
  })
})
