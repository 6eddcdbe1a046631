import { expect, test } from 'vitest'
import { newNameProblem } from './folder-name.ts'

test('names that Windows keeps for devices are refused in any case, also with an extension', () => {
  for (const name of ['CON', 'nul', 'Aux', 'prn', 'COM1', 'lpt9', 'nul.json']) {
    expect(newNameProblem(name, [])?.message).toContain(`"${name}" is a name that Windows keeps`)
  }
  for (const name of ['churn', 'console', 'COM10', 'nul-1', 'auxiliary']) {
    expect(newNameProblem(name, ['price'])).toBeNull()
  }
})

test('a name that differs from one that is there only in case is refused, naming it', () => {
  expect(newNameProblem('churn', ['Churn'])).toMatchObject({
    message: expect.stringContaining('"churn" differs from "Churn"'),
    whatToDo: 'Choose another name, or write "Churn".',
  })
})

test('what is there keeps its name', () => {
  expect(newNameProblem('churn', ['Churn', 'churn'])).toBeNull()
  expect(newNameProblem('NUL', ['NUL'])).toBeNull()
})
