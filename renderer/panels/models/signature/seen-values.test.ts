import { expect, test } from 'vitest'
import type { SignatureColumn } from '../../../../shared/signature/signature.ts'
import { seenValues } from './seen-values.ts'

const column = (more: Partial<SignatureColumn>): SignatureColumn => ({
  name: 'tenure',
  type: 'numeric',
  sourceType: 'BIGINT',
  required: true,
  missing: false,
  ...more,
})

test('numbers and times have the range that was seen in training', () => {
  expect(seenValues(column({ min: 0, max: 8684.8 }))).toBe('0 to 8,685')
  const days = { min: Date.UTC(2014, 1, 1), max: Date.UTC(2020, 1, 1, 13) }
  expect(seenValues(column({ type: 'timestamp', ...days }))).toBe('2014-02-01 to 2020-02-01')
})

test('an imported model that came without data names no limits', () => {
  expect(seenValues(column({}))).toBe('any number')
  expect(seenValues(column({ type: 'timestamp' }))).toBe('any time')
  expect(seenValues(column({ type: 'text' }))).toBe('any text')
})

test('categories are named in their order', () => {
  expect(seenValues(column({ type: 'categorical', values: ['month', 'year'] }))).toBe('month, year')
})
