import { describe, expect, it } from 'vitest'
import { chartColours, tokens } from './theme.ts'
import { monacoTheme } from './ui/monaco-theme.ts'

/** Relative luminance and contrast ratio as WCAG 2.2 defines them. */
function luminance(colour: string): number {
  const channel = (at: number) => {
    const value = Number.parseInt(colour.slice(at, at + 2), 16) / 255
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  }
  return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
}

function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b)
  return (light + 0.05) / (dark + 0.05)
}

describe.each(['light', 'dark'] as const)('the %s theme', (scheme) => {
  const colour = tokens[scheme]
  const backgrounds = [colour.background, colour.surface, colour.raised, colour.hover, colour.selected]

  it('keeps text readable on every background (AA, 4.5)', () => {
    for (const text of [colour.text, colour.textMuted, colour.accent]) {
      for (const background of backgrounds) expect(contrast(text, background)).toBeGreaterThanOrEqual(4.5)
    }
    for (const background of [colour.background, colour.surface]) {
      expect(contrast(colour.textFaint, background)).toBeGreaterThanOrEqual(4.5)
    }
  })

  it('keeps states readable as text, on their own soft background too', () => {
    for (const state of [colour.done, colour.stale, colour.failed, colour.running]) {
      for (const background of [colour.background, colour.surface]) {
        expect(contrast(state, background)).toBeGreaterThanOrEqual(4.5)
      }
    }
    expect(contrast(colour.failed, colour.failedSoft)).toBeGreaterThanOrEqual(4.5)
    expect(contrast(colour.stale, colour.staleSoft)).toBeGreaterThanOrEqual(4.5)
    expect(contrast(colour.done, colour.doneSoft)).toBeGreaterThanOrEqual(4.5)
  })

  it('keeps code readable', () => {
    for (const code of Object.values(colour.code)) {
      expect(contrast(code, colour.surface)).toBeGreaterThanOrEqual(4.5)
    }
  })

  it('keeps every letter of a completion readable, chosen or not', () => {
    const { colors } = monacoTheme(scheme)
    const list = (name: keyof typeof colors) => colors[name] ?? ''
    for (const letters of [
      'highlightForeground',
      'focusHighlightForeground',
      'selectedForeground',
    ] as const) {
      for (const behind of ['background', 'selectedBackground'] as const) {
        const ratio = contrast(list(`editorSuggestWidget.${letters}`), list(`editorSuggestWidget.${behind}`))
        expect(ratio, `${letters} on ${behind}`).toBeGreaterThanOrEqual(4.5)
      }
    }
  })

  it('begins charts with the accent', () => {
    expect(chartColours(scheme)[0]).toBe(colour.accent)
  })
})
