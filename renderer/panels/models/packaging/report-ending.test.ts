import { describe, expect, it } from 'vitest'
import type { Report } from '../../../../shared/bundle/check.ts'
import { reportEnding, signerWarning } from './report-ending.ts'

const version = { name: 'churn', version: 3 }
const report: Report = {
  ok: false,
  path: '/w/.slipway/bundles/churn-3',
  bytes: 10,
  checks: [
    { name: 'Starts in a clean process', status: 'passed', detail: 'ready in 237 ms' },
    { name: 'Gate auc >= 0.99', status: 'failed', detail: '0.848 on 1,761 held-out rows' },
  ],
}
const bundle = { path: report.path, bytes: 10 }

describe('the end of a packaging or a verification', () => {
  it('shows no folder where a failed packaging wrote none', () => {
    const { bundle: shown, problem } = reportEnding('package', version, report)
    expect(shown).toBeNull()
    expect(problem?.message).toBe(
      'churn v3 did not pass every check, so no bundle was written. ' +
        'Gate auc >= 0.99: 0.848 on 1,761 held-out rows.',
    )
    expect(problem?.whatToDo).not.toContain('folder')
  })

  it('shows the folder of a bundle that is there and failed, to move it away', () => {
    const { bundle: shown, problem } = reportEnding('verify', version, report)
    expect(shown).toEqual(bundle)
    expect(problem?.whatToDo).toContain('move its folder away')
  })

  it('shows the folder of a bundle that passed, and nothing to do', () => {
    for (const work of ['package', 'verify'] as const)
      expect(reportEnding(work, version, { ...report, ok: true })).toEqual({ bundle, problem: null })
  })
})

describe('the key of a bundle', () => {
  it('is warned of where it is not our own, or there is none', () => {
    expect(signerWarning({ fingerprint: 'SHA256:abc', own: true })).toBeNull()
    expect(signerWarning({ fingerprint: 'SHA256:abc', own: false })).toContain(
      'signed by SHA256:abc, not this',
    )
    expect(signerWarning(null)).toContain('not signed')
  })
})
