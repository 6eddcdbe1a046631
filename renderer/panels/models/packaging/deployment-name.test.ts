import { expect, it } from 'vitest'
import { freeDeploymentName } from './deployment-name.ts'

it('proposes the model’s own name while it is free', () => {
  expect(freeDeploymentName('churn', ['price'])).toBe('churn')
})

it('counts on when it is taken', () => {
  expect(freeDeploymentName('churn', ['churn', 'churn-2'])).toBe('churn-3')
})

it('counts on where the model’s name differs from a taken one only in case, or is Windows’ own', () => {
  expect(freeDeploymentName('churn', ['Churn'])).toBe('churn-2')
  expect(freeDeploymentName('nul', [])).toBe('nul-2')
})

it('stays within the 64 characters a name may have', () => {
  const long = 'a'.repeat(64)
  expect(freeDeploymentName(long, [long])).toBe(`${'a'.repeat(62)}-2`)
})
