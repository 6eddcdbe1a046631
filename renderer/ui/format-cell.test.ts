import { expect, test } from 'vitest'
import { formatCell, wholeCell } from './format-cell.ts'

test('a cell shows values of every kind', () => {
  expect(formatCell(null)).toBe('')
  expect(formatCell(29.85)).toBe('29.85')
  expect(formatCell(-7043)).toBe('−7,043')
  expect(formatCell(true)).toBe('true')
  expect(formatCell('Month-to-month')).toBe('Month-to-month')
  expect(formatCell({ a: [1] })).toBe('{"a":[1]}')
})

test('decimals and whole numbers beyond 2⁵³, which come as text, have all their digits', () => {
  expect(formatCell('22486.27', 'DECIMAL(18,2)')).toBe('22,486.27')
  expect(formatCell('-1234567890.123456789', 'DECIMAL(38,9)')).toBe('−1,234,567,890.123456789')
  expect(formatCell('1.50', 'DECIMAL(5,2)')).toBe('1.50')
  expect(formatCell('9007199254740993', 'BIGINT')).toBe('9,007,199,254,740,993')
  expect(formatCell('22486.27', 'VARCHAR')).toBe('22486.27')
  expect(formatCell('NaN', 'DOUBLE')).toBe('NaN')
})

test('a number of 1 and above has up to 4 decimals, a smaller one six significant digits', () => {
  expect(formatCell(22486.27, 'DOUBLE')).toBe('22,486.27')
  expect(formatCell(-1234567890123.45, 'DOUBLE')).toBe('−1,234,567,890,123.45')
  expect(formatCell(Math.PI, 'DOUBLE')).toBe('3.1416')
  expect(formatCell(Math.PI / 10, 'DOUBLE')).toBe('0.314159')
  expect(formatCell(0.00012345678, 'DOUBLE')).toBe('0.000123457')
})

test('a number of 32 bits has the digits that were stored, not those of its nearest double', () => {
  expect(formatCell(Math.fround(22486.27), 'FLOAT')).toBe('22,486.27')
  expect(wholeCell(Math.fround(22486.27), 'FLOAT')).toBeUndefined()
  expect(wholeCell(Math.fround(Math.PI), 'FLOAT')).toBe('3.1415927')
})

test('what is not shown whole is told whole', () => {
  expect(wholeCell(22486.27, 'DOUBLE')).toBeUndefined()
  expect(wholeCell(-22486.272727, 'DOUBLE')).toBe('−22486.272727')
  expect(wholeCell(0.1234567, 'DOUBLE')).toBe('0.1234567')
  expect(wholeCell('22486.27', 'DECIMAL(18,2)')).toBeUndefined()
  expect(wholeCell(null, 'DOUBLE')).toBeUndefined()
})
