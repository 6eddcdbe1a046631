import { describe, expect, it } from 'vitest'
import type { Drift, Point } from '../../../shared/contract/monitoring.ts'
import { tokens } from '../../theme.ts'
import { formatShare } from '../../ui/format.ts'
import { psiChart, shownSlots } from './drift-charts.ts'
import { requestsChart, statusChart, statusColour } from './monitoring-charts.ts'

const minute = 60_000
const range = { from: 0, to: 15 * minute }

function point(index: number, more: Partial<Point> = {}): Point {
  return {
    start: index * minute,
    end: (index + 1) * minute,
    requests: 0,
    rows: 0,
    statuses: {},
    p50: null,
    p95: null,
    p99: null,
    bytesIn: 0,
    bytesOut: 0,
    cpu: 0,
    memoryBytes: 0,
    eventLoopDelayMs: 0,
    psi: [],
    ...more,
  }
}

function drift(kind: Drift['kind'], labels: readonly string[], live: readonly number[]): Drift {
  return {
    column: 'c',
    role: 'feature',
    kind,
    n: 10,
    psi: 0,
    pValue: 1,
    jensenShannon: 0,
    missingRate: 0,
    baselineMissingRate: 0,
    outsideRate: 0,
    verdict: 'stable',
    note: '',
    slots: labels.map((label, i) => ({ label, baseline: 0, live: live[i]! })),
  }
}

describe('the distribution', () => {
  it('shows every bin, and what lies outside them only where something does', () => {
    const numeric = drift('numeric', ['< 0', '0 – 1', '1 – 2', '> 2', 'missing', '±∞'], [0, 0, 1, 0.5, 0, 0])
    expect(shownSlots(numeric).map((slot) => slot.label)).toEqual(['0 – 1', '1 – 2', '> 2'])
  })

  it('keeps a category that is called like a special slot', () => {
    const named = drift('categorical', ['missing', 'a', 'other', 'unseen', 'missing'], [0, 1, 0, 0.1, 0])
    expect(shownSlots(named).map((slot) => slot.label)).toEqual(['missing', 'a', 'unseen'])
  })
})

describe('the colours of statuses', () => {
  it('are the accent for success, and tell refusals from faults', () => {
    const codes = ['200', '400', '422', '500']
    expect(statusColour('200', codes, tokens.light)).toBe(tokens.light.accent)
    expect(statusColour('400', codes, tokens.light)).toBe(tokens.light.stale)
    expect(statusColour('422', codes, tokens.light)).toBe(`${tokens.light.stale}b0`)
    expect(statusColour('500', codes, tokens.light)).toBe(tokens.light.failed)
  })
})

describe('the charts', () => {
  it('name the newest value beside the title', () => {
    const points = [point(0, { requests: 5 }), point(1, { requests: 1234 })]
    expect(requestsChart(points, range, tokens.light).now).toBe('1,234')
    expect(requestsChart([], range, tokens.light).now).toBe('–')
  })

  it('count every status of 400 or more as an error', () => {
    const points = [point(0, { statuses: { '200': 6, '400': 1, '503': 1 } })]
    expect(statusChart(points, range, tokens.light).now).toBe(`${formatShare(0.25)} errors`)
  })

  it('take PSI from the place that the ranking remembered', () => {
    const points = [point(0, { psi: [0.1, 0.7] }), point(1, { psi: [0.2, null] })]
    expect(psiChart(points, 1, range, tokens.light).data[0]).toMatchObject({ y: [0.7, null] })
  })
})
