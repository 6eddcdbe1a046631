import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openDatabase } from '../data/database.ts'
import { createImports } from '../importing/create-imports.ts'
import recorded from '../importing/fixtures/xgboost-imports.json' with { type: 'json' }
import { type SampleWorkspace, sampleWorkspace } from './testing/sample-workspace.ts'

let workspace: SampleWorkspace
beforeAll(async () => {
  workspace = await sampleWorkspace()
})
afterAll(() => workspace.remove())

test('an XGBoost model from Python, imported without data, is packaged and its bundle passes every check', async () => {
  const { folder, catalog, bundles } = workspace
  const database = await openDatabase(':memory:', folder)
  const file = join(folder, 'from-python.json')
  await writeFile(file, recorded.cases[0]!.model)
  const imports = createImports({ database, catalog, workspaceFolder: folder, slipwayVersion: '0.0.1' })
  await imports.import({ file, shown: 'from-python.json', name: 'python' })
  database.close()
  const { ok, checks } = await bundles.package({ name: 'python', version: 1 }, {}, () => {})
  expect(checks.filter((check) => check.status === 'failed')).toEqual([])
  expect(ok).toBe(true)
})
