import { expect, test } from 'vitest'
import { labelsFromText } from './labels-from-text.ts'

test('labels are of one kind', () => {
  expect(labelsFromText('no, yes')).toEqual(['no', 'yes'])
  expect(labelsFromText('0,1,2')).toEqual([0, 1, 2])
  expect(labelsFromText('false,true')).toEqual([false, true])
  expect(labelsFromText('0,one')).toEqual(['0', 'one'])
})
