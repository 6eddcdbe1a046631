import { expect, test } from 'vitest'
import { folderNameProblem } from './folder-name.ts'

test('a name is that of one folder, in the chosen one', () => {
  expect(folderNameProblem('churn 2.0')).toBeUndefined()
  expect(folderNameProblem('')).toBeUndefined()
  expect(folderNameProblem('a/b')).toMatch(/^A name cannot have "\/" in it\./)
  expect(folderNameProblem('a\\b')).toMatch(/^A name cannot have "\\" in it\./)
  expect(folderNameProblem('..')).toMatch(/^"\.\." stands for another folder\./)
})
