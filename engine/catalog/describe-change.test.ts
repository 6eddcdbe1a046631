import { expect, test } from 'vitest'
import { fileChanged, tableChanged } from './describe-change.ts'

const at = Date.parse('2026-03-04T05:06:07Z')

test('a file that changed is told with its size before and now, and when it was written', () => {
  const before = { path: 'data/a.csv', bytes: 1200, modified: '', sha256: '' }
  expect(fileChanged(before, { bytes: 1300, modified: at })).toBe(
    'the file data/a.csv changed from 1,200 to 1,300 bytes, written 2026-03-04 05:06 UTC',
  )
  expect(fileChanged(before, { bytes: 1200, modified: at })).toBe(
    'the file data/a.csv changed within the same 1,200 bytes, written 2026-03-04 05:06 UTC',
  )
})

test('a table that changed is told with its rows and columns, else with its values', () => {
  const table = (rows: number, columns: string, mixed = 1) => ({
    relation: 'zones',
    rows,
    fingerprint: `${columns}; ${mixed}; 5`,
  })
  const before = table(2, 'zone VARCHAR, fee DECIMAL(10,2)')
  expect(tableChanged(before, table(1, 'zone VARCHAR, fee DECIMAL(10,2)'))).toBe(
    'the table zones changed from 2 to 1 row',
  )
  expect(tableChanged(before, table(2, 'zone VARCHAR, fee DECIMAL(10,2)', 7))).toBe(
    'the table zones changed: other values in 2 rows, as many as before',
  )
  expect(tableChanged(before, table(2, 'zone VARCHAR, fee DOUBLE'))).toBe(
    'the table zones changed, now without fee DECIMAL(10,2) and with fee DOUBLE',
  )
  expect(tableChanged(before, table(3, 'sample; zone VARCHAR'))).toBe(
    'the table zones changed from 2 to 3 rows, now without fee DECIMAL(10,2)',
  )
})
