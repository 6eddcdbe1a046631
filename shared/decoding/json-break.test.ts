import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { describeJsonBreak, findJsonBreak } from './json-break.ts'

const outcome = (text: string): { ok: true } | { ok: false; message: string } => {
  try {
    JSON.parse(text)
    return { ok: true }
  } catch (error) {
    return { ok: false, message: error instanceof Error ? error.message : '' }
  }
}

// Catches a scanner that takes another language for JSON than `JSON.parse` does, or finds the break elsewhere.
describe('where a text stops being JSON', () => {
  it('is found in exactly the texts that are none, up to where the text is still the beginning of one', () => {
    const mutated = fc
      .tuple(
        fc.json(),
        fc.nat(),
        fc.nat(3),
        fc.constantFrom('', '"', ',', ']', '}', 'x', '\\', '0', '-', '\n'),
      )
      .map(([text, place, length, put]) => {
        const at = place % (text.length + 1)
        return text.slice(0, at) + put + text.slice(at + length)
      })
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string(), mutated), (text) => {
        const found = outcome(text)
        const at = findJsonBreak(text)?.at
        expect(at === undefined).toBe(found.ok)
        if (at === undefined || found.ok) return
        const ofParser = /at position (\d+)/.exec(found.message)?.[1]
        if (ofParser === undefined) return
        // Within a number, a word or an escape the parser points at the character, the scanner at the whole.
        expect(Number(ofParser)).toBeGreaterThanOrEqual(at)
        expect(text.slice(at, Number(ofParser))).toMatch(/^[-+.\\\w]*$/)
      }),
      { numRuns: 2_000 },
    )
  })

  it('is told by line and column, without a character of the text', () => {
    expect(describeJsonBreak('{"tenure": SECRET-123}')).toBe('it breaks off at line 1, column 12')
    expect(describeJsonBreak('[1,\n 2,\n x]')).toBe('it breaks off at line 3, column 2')
    expect(describeJsonBreak('[1,2')).toBe('it ends too early, after 4 characters')
  })

  it('is found in long and deep texts', () => {
    expect(findJsonBreak('['.repeat(200_000))?.at).toBe(200_000)
    expect(findJsonBreak(`"${'a\\n'.repeat(1_000_000)}`)?.at).toBe(3_000_001)
  })
})
