import { expect, test } from 'vitest'
import { absentColumns, absentText } from './absent-columns.ts'
import type { Signature } from './signature.ts'

const signature: Signature = {
  version: 1,
  task: 'regression',
  inputs: [
    { name: 'age', type: 'numeric', sourceType: 'DOUBLE', required: true, missing: false },
    { name: 'zip', type: 'categorical', sourceType: 'VARCHAR', required: false, missing: true },
    { name: 'income', type: 'numeric', sourceType: 'DOUBLE', required: false, missing: true },
  ],
  target: { name: 'y', sourceType: 'DOUBLE' },
}

test('columns that rows may leave out and that are not there are absent; required ones are refused elsewhere', () => {
  expect(absentColumns(signature, ['age', 'zip', 'income', 'other'])).toEqual([])
  expect(absentColumns(signature, ['income'])).toEqual(['zip'])
  expect(absentColumns(signature, [])).toEqual(['zip', 'income'])
})

test('the warning is one line that names them, and of thousands the first ten', () => {
  expect(absentText(['zip'], 'rows.csv')).toBe(
    'Warning: of the model\'s signature, rows.csv lacks the column "zip". It is missing in every row, and scored as such.',
  )
  const many = Array.from({ length: 1_200 }, (_, i) => `f${i}`)
  expect(absentText(many, 'the relation "wide"')).toBe(
    'Warning: of the model\'s signature, the relation "wide" lacks 1,200 columns: "f0", "f1", "f2", "f3", "f4", "f5", "f6", "f7", "f8", "f9" and 1,190 more. They are missing in every row, and scored as such.',
  )
})
