import { expect, it } from 'vitest'
import { versionFromId, versionReference } from './version-id.ts'

it('reads back the reference it writes', () => {
  const version = { name: 'churn', version: 12 }
  expect(versionFromId(versionReference(version))).toEqual(version)
})

it('takes nothing else for a version', () => {
  for (const id of ['churn', 'churn:0', 'churn:x', ':1', 'churn:1.5']) expect(versionFromId(id)).toBeNull()
})
