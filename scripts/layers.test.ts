import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { cruise, type ICruiseOptions, type IForbiddenRuleType } from 'dependency-cruiser'
import { beforeAll, expect, test } from 'vitest'

/** Catches a layer rule that has stopped firing: each one is shown a small program that breaks it. */
const config = createRequire(import.meta.url)('../.dependency-cruiser.cjs') as {
  forbidden: (IForbiddenRuleType & { name: string })[]
  options: ICruiseOptions
}
const fixtures = fileURLToPath(new URL('fixtures/layers', import.meta.url))

let broken: Set<string>
beforeAll(async () => {
  const result = await cruise(
    ['shared', 'serving', 'engine', 'renderer', 'electron'],
    { ...config.options, baseDir: fixtures, ruleSet: { forbidden: config.forbidden }, validate: true },
    config.options.enhancedResolveOptions,
  )
  if (typeof result.output === 'string') throw new Error(result.output)
  broken = new Set(
    result.output.summary.violations.map((violation) => `${violation.rule.name}: ${violation.from}`),
  )
})

test.each([
  ['shared-imports-nothing-of-ours', 'shared/imports-engine.ts'],
  ['shared-is-pure', 'shared/imports-node.ts'],
  ['serving-imports-shared-only', 'serving/imports-engine.ts'],
  ['engine-imports-shared-only', 'engine/imports-serving.ts'],
  ['renderer-imports-shared-only', 'renderer/imports-engine.ts'],
  ['electron-imports-shared-only', 'electron/imports-serving.ts'],
  ['panels-never-import-each-other', 'renderer/panels/data/imports-models.ts'],
  ['only-the-shell-imports-electron', 'engine/imports-electron.ts'],
  ['no-circles', 'engine/circle-one.ts'],
])('%s fires on %s', (rule, file) => {
  expect(broken).toContain(`${rule}: ${file}`)
})

test('every rule has an example here', () => {
  const shown = new Set([...broken].map((line) => line.split(':')[0]))
  expect(config.forbidden.map((rule) => rule.name).filter((name) => !shown.has(name))).toEqual([])
})
