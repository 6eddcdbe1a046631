import { describe, expect, it } from 'vitest'
import type { PackageEvent } from '../../../../shared/contract/bundles.ts'
import { packageEnded, packageProgress, packageStarted } from './package-progress.ts'

const events: PackageEvent[] = [
  { type: 'step', title: 'Writing files', fraction: 0.2 },
  { type: 'running', check: 'Files match the manifest', fraction: 0.3 },
  {
    type: 'check',
    check: { name: 'Files match the manifest', status: 'passed', detail: '14 files' },
    fraction: 0.5,
  },
  { type: 'running', check: 'Predictions over HTTP', fraction: 0.5 },
]

describe('packaging, as the sheet shows it', () => {
  it('announces a check, then fills it in at its place', () => {
    const state = events.reduce(packageProgress, packageStarted)
    expect(state.checks).toEqual([
      { name: 'Files match the manifest', status: 'passed', detail: '14 files' },
      { name: 'Predictions over HTTP', status: 'running', detail: '' },
    ])
    expect(state.fraction).toBe(0.5)
    expect(state.outcome).toEqual({ type: 'running' })
  })

  it('never moves the progress backwards', () => {
    const state = packageProgress(
      { ...packageStarted, fraction: 0.6 },
      { type: 'step', title: 'Booting', fraction: 0.4 },
    )
    expect(state.fraction).toBe(0.6)
  })

  it('ends with the report', () => {
    const report = {
      ok: true,
      path: '/w/churn-1',
      bytes: 10,
      checks: [{ name: 'Boots', status: 'passed' as const, detail: '0.2 s' }],
    }
    const state = packageProgress(events.reduce(packageProgress, packageStarted), { type: 'done', report })
    expect(state.outcome).toEqual({ type: 'done', report })
    expect(state.fraction).toBe(1)
    expect(packageEnded(state, { type: 'cancelled' })).toBe(state)
  })

  it('does not call a check passed that was running when it was cancelled', () => {
    const state = packageEnded(events.reduce(packageProgress, packageStarted), { type: 'cancelled' })
    expect(state.checks.map((check) => check.status)).toEqual(['passed', 'not-tested'])
  })
})
