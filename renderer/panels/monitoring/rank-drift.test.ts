import { describe, expect, it } from 'vitest'
import type { Drift } from '../../../shared/contract/monitoring.ts'
import { barScale, rankDrift, summariseDrift } from './rank-drift.ts'

function drift(
  column: string,
  psi: number,
  verdict: Drift['verdict'],
  role: Drift['role'] = 'feature',
): Drift {
  return {
    column,
    role,
    kind: 'numeric',
    n: 100,
    psi,
    pValue: 0.5,
    jensenShannon: 0.1,
    missingRate: 0,
    baselineMissingRate: 0,
    outsideRate: 0,
    verdict,
    note: '',
    slots: [],
  }
}

const drifts = [
  drift('tenure', 0.05, 'stable'),
  drift('charges', 0.4, 'alarm'),
  drift('rare', 2, 'too-few'),
  drift('contract', 0.15, 'warning'),
  drift('score', 0.3, 'alarm', 'output'),
]

describe('the ranking of drifts', () => {
  it('puts the largest shift first and what cannot be judged last', () => {
    expect(rankDrift(drifts, 'feature').map((ranked) => ranked.drift.column)).toEqual([
      'charges',
      'contract',
      'tenure',
      'rare',
    ])
  })

  it('remembers where each stood, because points carry PSI in that order', () => {
    expect(rankDrift(drifts, 'feature')[0]!.index).toBe(1)
    expect(rankDrift(drifts, 'output')).toEqual([{ drift: drifts[4], index: 4 }])
  })

  it('leaves the given order untouched', () => {
    const before = drifts.map((d) => d.column)
    rankDrift(drifts, 'feature')
    expect(drifts.map((d) => d.column)).toEqual(before)
  })

  it('always shows the alarm threshold on its scale, even with no rows at all', () => {
    expect(barScale([])).toBe(0.4)
    expect(barScale([drift('a', 1, 'alarm'), drift('b', Number.POSITIVE_INFINITY, 'alarm')])).toBeCloseTo(
      1.05,
    )
  })

  it('says in one sentence how many drift', () => {
    const features = drifts.filter((d) => d.role === 'feature')
    expect(summariseDrift(features, 'feature')).toBe(
      '1 in alarm, 1 with a warning, 1 with too few rows to tell, of 4 features',
    )
    expect(summariseDrift([drift('a', 0, 'stable')], 'output')).toBe('All 1 output stable')
  })
})
