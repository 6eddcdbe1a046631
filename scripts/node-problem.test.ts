import { expect, test } from 'vitest'
import { nodeProblem } from './node-problem.mjs'

test('a Node from 22.12 on is fine', () => {
  for (const version of ['22.12.0', '22.21.1', '24.0.0', '26.1.2'])
    expect(nodeProblem(version, 'linux-x64')).toBeNull()
})

test('an older Node is named together with what is needed and the way out', () => {
  expect(nodeProblem('20.19.4', 'linux-arm64')).toBe(
    'Slipway needs Node 22.12 or newer and found 20.19.4: the Node that comes with the install is not there for linux-arm64. Run npm install again without --omit=optional, or install a newer Node.',
  )
  expect(nodeProblem('22.11.0', 'linux-x64')).toContain('found 22.11.0')
})
