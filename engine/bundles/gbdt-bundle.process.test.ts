import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { forChurn, openTrainingBench } from '../training/testing/training-bench.ts'
import { type SampleWorkspace, sampleWorkspace } from './testing/sample-workspace.ts'

let workspace: SampleWorkspace
beforeAll(async () => {
  workspace = await sampleWorkspace()
})
afterAll(() => workspace.remove())

test('boosted trees are packaged as one file, and their bundle passes every check', async () => {
  const bench = await openTrainingBench()
  const trained = await bench.train({ ...forChurn, model: { kind: 'gbdt', trees: 20 }, register: 'trees' })
  await bench.close()
  await workspace.catalog.register(trained)
  const { ok, path, checks } = await workspace.bundles.package({ name: 'trees', version: 1 }, {}, () => {})
  expect(checks.filter((check) => check.status === 'failed')).toEqual([])
  expect(ok).toBe(true)
  expect(await readdir(join(path, 'model'))).toEqual(['model.json'])
})
