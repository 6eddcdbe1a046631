import fc from 'fast-check'
import { expect, it } from 'vitest'
import { differingRange } from './differing-range.ts'

it('replaces no more than what differs', () => {
  expect(differingRange('select a from t', 'select ab from t')).toEqual({ start: 8, end: 8, text: 'b' })
  expect(differingRange('aaa', 'aa')).toEqual({ start: 2, end: 3, text: '' })
})

it('turns the one text into the other', () => {
  const text = fc.stringMatching(/^[ab\n]{0,12}$/)
  fc.assert(
    fc.property(text, text, (before, after) => {
      const { start, end, text: replacement } = differingRange(before, after)
      expect(before.slice(0, start) + replacement + before.slice(end)).toBe(after)
    }),
  )
})
