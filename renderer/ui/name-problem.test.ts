import { expect, test } from 'vitest'
import { nameProblem } from './name-problem.ts'

test('a name is that of one file or folder, where it is typed', () => {
  expect(nameProblem('churn 2.0')).toBeUndefined()
  expect(nameProblem('')).toBeUndefined()
  expect(nameProblem('a/b')).toBe('A name cannot have "/" in it.')
  expect(nameProblem('a\\b')).toBe('A name cannot have "\\" in it.')
  expect(nameProblem('..')).toBe('".." stands for another folder.')
})
