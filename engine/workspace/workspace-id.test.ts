import { mkdtemp, readdir, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { workspaceId } from './workspace-id.ts'

let root: string
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'slipway-identity-'))
})
afterEach(() => rm(root, { recursive: true }))

test('a workspace keeps its id, also when it is moved; another one has another', async () => {
  const id = await workspaceId(join(root, 'a', '.slipway'))
  expect(await workspaceId(join(root, 'a', '.slipway'))).toBe(id)
  await rename(join(root, 'a'), join(root, 'moved'))
  expect(await workspaceId(join(root, 'moved', '.slipway'))).toBe(id)
  expect(await workspaceId(join(root, 'b', '.slipway'))).not.toBe(id)
})

test('of many that open it first at the same time all get one id, and nothing is left behind', async () => {
  const ids = await Promise.all(Array.from({ length: 20 }, () => workspaceId(join(root, '.slipway'))))
  expect(new Set(ids).size).toBe(1)
  expect(await readdir(join(root, '.slipway'))).toEqual(['identity'])
})
