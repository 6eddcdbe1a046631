import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { metricKeys } from '../metrics/metrics.ts'
import { gateCheck, gateText, type MetricGate, parseGate } from './metric-gate.ts'

const amount = fc.double({ min: 0.001, max: 1e6, noNaN: true })
const bound: fc.Arbitrary<MetricGate['bound']> = fc.oneof(
  fc
    .double({ min: -1e6, max: 1e6, noNaN: true })
    .filter((value) => !Object.is(value, -0))
    .map((value) => ({ kind: 'value' as const, value })),
  fc.constant({ kind: 'champion' as const, factor: 1, plus: 0 }),
  amount.map((plus) => ({ kind: 'champion' as const, factor: 1, plus })),
  amount.map((plus) => ({ kind: 'champion' as const, factor: 1, plus: -plus })),
  amount.filter((factor) => factor !== 1).map((factor) => ({ kind: 'champion' as const, factor, plus: 0 })),
)
const gate: fc.Arbitrary<MetricGate> = fc.record({
  metric: fc.constantFrom(...metricKeys),
  relation: fc.constantFrom('>=' as const, '<=' as const),
  bound,
})

const on = (own: Record<string, number>, champion: Record<string, number> | null = null) => ({
  own,
  rows: 1761,
  champion: champion && { version: 2, metrics: champion },
})

describe('a metric gate', () => {
  it('is read back as it was written, whatever its bound', () => {
    fc.assert(
      fc.property(gate, (one) => {
        expect(parseGate(gateText(one))).toEqual(one)
      }),
    )
  })

  it('does not mind spaces or case', () => {
    expect(gateText(parseGate('  AUC>=champion-0.005 '))).toBe('auc >= champion - 0.005')
  })

  it.each([
    ['auc > 0.8', 'is not a metric gate'],
    ['auc >= good', 'is not a metric gate'],
    ['', 'is not a metric gate'],
    ['gini >= 0.8', 'names the metric gini; there are auc'],
  ])('refuses %j', (text, message) => {
    expect(() => parseGate(text)).toThrow(message)
  })

  it('holds a metric to a number, the bound itself included', () => {
    const check = (text: string) => gateCheck(parseGate(text), on({ auc: 0.84 }))
    expect(check('auc >= 0.84')).toEqual({
      name: 'Gate auc >= 0.84',
      status: 'passed',
      detail: '0.84 on 1,761 held-out rows',
    })
    expect(check('auc >= 0.85').status).toBe('failed')
    expect(check('rmse <= 1')).toMatchObject({
      status: 'failed',
      detail: 'this version has no rmse; it has auc',
    })
  })

  it('holds a metric to the champion on the same rows', () => {
    const check = (text: string) => gateCheck(parseGate(text), on({ rmse: 510 }, { rmse: 500 }))
    expect(check('rmse <= champion')).toMatchObject({
      status: 'failed',
      detail: '510 on 1,761 held-out rows; the champion, version 2, has 500 on the same rows',
    })
    expect(check('rmse <= champion * 1.02').status).toBe('passed')
    expect(check('rmse <= champion + 9').status).toBe('failed')
    expect(check('rmse >= champion - 1').status).toBe('passed')
  })

  it('is not tested against a champion that is not there', () => {
    expect(gateCheck(parseGate('auc >= champion'), on({ auc: 0.8 }))).toMatchObject({
      status: 'not-tested',
      detail: expect.stringContaining('no other version with the alias champion'),
    })
  })
})
