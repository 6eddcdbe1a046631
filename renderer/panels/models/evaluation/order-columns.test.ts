import { expect, test } from 'vitest'
import { orderColumns } from './order-columns.ts'

test('the most important column comes first, others stay in their order', () => {
  const byImportance = [{ column: 'tenure' }, { column: 'contract' }, { column: 'gone' }]
  expect(orderColumns(['city', 'contract', 'id', 'tenure'], byImportance)).toEqual([
    'tenure',
    'contract',
    'city',
    'id',
  ])
  expect(orderColumns(['b', 'a'], [])).toEqual(['b', 'a'])
})
