import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { workspaceArgument, workspaceOf } from './workspace-argument.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-argument-'))
  await mkdir(join(folder, 'churn/notebooks'), { recursive: true })
  await writeFile(join(folder, 'churn/slipway.json'), '{}')
  await writeFile(join(folder, 'churn/notebooks/train.ipynb'), '{}')
  await writeFile(join(folder, 'alone.ipynb'), '{}')
})
afterAll(() => rm(folder, { recursive: true, force: true }))

test('a folder is the workspace, a notebook opens the nearest folder with slipway.json, else its own', () => {
  expect(workspaceOf(join(folder, 'churn'))).toBe(join(folder, 'churn'))
  expect(workspaceOf(join(folder, 'churn/notebooks/train.ipynb'))).toBe(join(folder, 'churn'))
  expect(workspaceOf(join(folder, 'alone.ipynb'))).toBe(folder)
  expect(workspaceOf(join(folder, 'nothing'))).toBeNull()
})

test('the workspace is the first path of the command line, relative to where it was typed', () => {
  expect(workspaceArgument(['electron', 'main.mjs', '--inspect=0', 'churn'], false, folder)).toBe(
    join(folder, 'churn'),
  )
  expect(workspaceArgument(['slipway', 'churn'], true, folder)).toBe(join(folder, 'churn'))
  expect(workspaceArgument(['electron', 'main.mjs'], false, folder)).toBeNull()
  expect(workspaceArgument(['slipway', 'nothing'], true, folder)).toBeNull()
})
