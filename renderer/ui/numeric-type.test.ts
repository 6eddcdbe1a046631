import { expect, test } from 'vitest'
import { isNumeric } from './numeric-type.ts'

test('single numbers are numeric; lists of numbers and intervals are not', () => {
  for (const type of ['BIGINT', 'UINTEGER', 'UTINYINT', 'HUGEINT', 'DOUBLE', 'FLOAT', 'DECIMAL(18,3)'])
    expect(isNumeric(type), type).toBe(true)
  for (const type of ['BIGINT[]', 'DOUBLE[3]', 'DECIMAL(18,3)[]', 'INTERVAL', 'VARCHAR', 'STRUCT(a INTEGER)'])
    expect(isNumeric(type), type).toBe(false)
})
