import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { rowHeight, viewAt, windowsFor } from './grid-window.ts'

describe('viewAt', () => {
  it('draws the rows in sight and a few more', () => {
    const view = viewAt(1000, 260, 260, 2)
    expect(view).toEqual({ height: 26_000, first: 8, end: 23, top: 8 * rowHeight })
  })

  it('shows the last row of ten million at the end of the scroll range', () => {
    const total = 10_000_000
    const { height } = viewAt(total, 0, 500)
    const view = viewAt(total, height - 500, 500)
    expect(view.end).toBe(total)
    const lastBottom = view.top + (view.end - view.first) * rowHeight
    expect(lastBottom).toBeCloseTo(height, 3)
  })

  it('always fills the viewport with rows that exist', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 50_000_000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.integer({ min: 30, max: 2000 }),
        (total, share, viewport) => {
          const { height } = viewAt(total, 0, viewport)
          const scroll = share * Math.max(0, height - viewport)
          const view = viewAt(total, scroll, viewport)
          expect(view.first).toBeGreaterThanOrEqual(0)
          expect(view.end).toBeLessThanOrEqual(total)
          expect(view.top).toBeLessThanOrEqual(scroll + 1e-6)
          const bottom = view.top + (view.end - view.first) * rowHeight
          expect(bottom + 1e-6).toBeGreaterThanOrEqual(Math.min(scroll + viewport, height))
        },
      ),
    )
  })

  it('draws nothing of an empty relation', () => {
    expect(viewAt(0, 0, 300)).toEqual({ height: 0, first: 0, end: 0, top: 0 })
  })
})

describe('windowsFor', () => {
  it('names every window that holds a row in sight', () => {
    expect(windowsFor(0, 0)).toEqual([])
    expect(windowsFor(0, 200)).toEqual([0])
    expect(windowsFor(190, 230)).toEqual([0, 1])
    expect(windowsFor(400, 401)).toEqual([2])
  })
})
