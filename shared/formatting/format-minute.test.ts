import { expect, it } from 'vitest'
import { formatMinute } from './format-minute.ts'

it('is to the minute in UTC, in years of any length', () => {
  expect(formatMinute(Date.UTC(2026, 10, 30, 14, 5, 59, 999))).toBe('2026-11-30 14:05 UTC')
  expect(formatMinute(Date.UTC(12026, 0, 1))).toBe('+012026-01-01 00:00 UTC')
})
