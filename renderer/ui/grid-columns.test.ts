import { expect, test } from 'vitest'
import { columnWidths } from './grid-columns.ts'

const width = (type: string, value: unknown, name = 'x') =>
  columnWidths([{ name, type }], [[value]])[0]?.width

test('a column is as wide as its name or its values ask, within limits', () => {
  expect(width('BOOLEAN', true)).toBe(72)
  expect(width('VARCHAR', 'Month-to-month')).toBeGreaterThan(14 * 7)
  expect(width('VARCHAR', 'a'.repeat(500))).toBe(280)
  expect(width('VARCHAR', '', 'charges_after_discount')).toBeGreaterThan(22 * 7)
})

test('numbers have room to grow, times for the range of their days and for themselves', () => {
  expect(width('BIGINT', 1)).toBe(120)
  expect(width('BIGINT', '4611686018427387904')).toBeGreaterThanOrEqual(19 * 7.8 + 20)
  expect(width('DATE', '2024-02-03')).toBe(184)
  expect(width('TIMESTAMP WITH TIME ZONE', '2024-02-03 04:05:06+00')).toBeGreaterThanOrEqual(22 * 7.8 + 20)
})
