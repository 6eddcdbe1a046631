import { expect, test } from 'vitest'
import type { SignatureColumn } from '../../shared/signature/signature.ts'
import { probedColumns, probedText } from './probed-columns.ts'

const column = (i: number, type: SignatureColumn['type'] = 'numeric'): SignatureColumn => ({
  name: `f${i}`,
  sourceType: 'DOUBLE',
  type,
  required: true,
  missing: false,
})

test('hundreds of columns are all tried', () => {
  const inputs = Array.from({ length: 300 }, (_, i) => column(i))
  expect(probedColumns(inputs)).toBe(inputs)
  expect(probedText(inputs)).toBe('')
})

test('of thousands some of every type are, from the first to the last, those with constraints before others', () => {
  const inputs = Array.from({ length: 2_000 }, (_, i) => column(i, i === 700 ? 'text' : 'numeric'))
  inputs[1_501] = { ...column(1_501), constraints: { min: 0 } }
  const tried = probedColumns(inputs).map(({ name }) => name)
  expect(tried).toHaveLength(26)
  expect(tried).toEqual(expect.arrayContaining(['f0', 'f700', 'f1501']))
  expect(Math.max(...tried.map((name) => Number(name.slice(1))))).toBeGreaterThan(1_800)
  expect(probedText(inputs)).toBe(' in 26 of 2,000 columns, of every type')
})
