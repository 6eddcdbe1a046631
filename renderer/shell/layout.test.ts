import { describe, expect, it } from 'vitest'
import { defaultFrame } from './frame-state.ts'
import { decodeLayout, encodeLayout } from './layout.ts'

const dock = {
  grid: { root: {}, width: 800 },
  panels: {
    'notebook:churn.ipynb': { id: 'notebook:churn.ipynb', params: { kind: 'notebook', id: 'churn.ipynb' } },
  },
}

describe('decodeLayout', () => {
  it('gives back what was saved', () => {
    const layout = { frame: { side: 'data' as const, sideWidth: 300, inspector: true }, dock }
    const saved: unknown = JSON.parse(JSON.stringify(encodeLayout(layout)))
    expect(decodeLayout(saved)).toEqual(layout)
  })

  it.each([
    ['nothing', null],
    ['another version', { version: 2, frame: defaultFrame, dock: null }],
    ['a width nobody could drag to', { version: 1, frame: { ...defaultFrame, sideWidth: 4000 }, dock: null }],
    [
      'a kind of tab that is gone',
      {
        version: 1,
        frame: defaultFrame,
        dock: { grid: {}, panels: { x: { params: { kind: 'canvas', id: 'x' } } } },
      },
    ],
  ])('falls back to the default for %s', (_what, saved) => {
    expect(decodeLayout(saved)).toEqual({ frame: defaultFrame, dock: null })
  })
})
