import { expect, it } from 'vitest'
import { nearestVersion, versionFromId, versionReference } from './version-id.ts'

it('reads back the reference it writes', () => {
  const version = { name: 'churn', version: 12 }
  expect(versionFromId(versionReference(version))).toEqual(version)
})

it('takes nothing else for a version', () => {
  for (const id of ['churn', 'churn:0', 'churn:x', ':1', 'churn:1.5']) expect(versionFromId(id)).toBeNull()
})

it('the nearest version is the one before, else another of the model, else any', () => {
  const version = { name: 'churn', version: 3 }
  expect(nearestVersion(version, ['price:9', 'churn:1', 'churn:2', 'churn:4'])).toBe('churn:2')
  expect(nearestVersion(version, ['price:9', 'churn:4'])).toBe('churn:4')
  expect(nearestVersion(version, ['price:9'])).toBe('price:9')
  expect(nearestVersion(version, [])).toBeNull()
})
