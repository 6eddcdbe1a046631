import { describe, expect, it } from 'vitest'
import {
  formatBytes,
  formatCount,
  formatCounted,
  formatMetric,
  formatNumber,
  formatRelative,
  formatShare,
  formatTime,
} from './format.ts'

/** Units are joined by a space that does not break. */
const plain = (text: string) => text.replaceAll(' ', ' ')

describe('formatMetric', () => {
  it('keeps zeros at the end, so that a column of metrics lines up', () => {
    expect([0.814, 1, 25.5, -0.5].map((value) => formatMetric(value))).toEqual([
      '0.8140',
      '1.000',
      '25.50',
      '−0.5000',
    ])
    expect(formatMetric(0.66, 3)).toBe('0.660')
    expect(formatMetric(12345.6)).toBe('12,346')
  })

  it('writes the rest as any number', () => {
    expect(formatMetric(0)).toBe('0')
    expect(formatMetric(null)).toBe('–')
    expect(formatMetric(0.00001234)).toBe('1.234e-5')
    expect(formatMetric(Number.POSITIVE_INFINITY)).toBe('∞')
  })
})

describe('formatNumber', () => {
  it('keeps four significant digits and drops zeros at the end', () => {
    expect(formatNumber(0.845678)).toBe('0.8457')
    expect(formatNumber(0.5)).toBe('0.5')
    expect(formatNumber(12.3456)).toBe('12.35')
    expect(formatNumber(1234.56)).toBe('1,235')
  })

  it('keeps all digits of whole numbers, thousands separated', () => {
    expect(formatNumber(7043)).toBe('7,043')
    expect(formatNumber(1234567)).toBe('1,234,567')
    expect(formatNumber(-1234)).toBe('−1,234')
    expect(formatNumber(100)).toBe('100')
  })

  it('writes very large and very small numbers in powers of ten', () => {
    expect(formatNumber(0.00001234)).toBe('1.234e-5')
    expect(formatNumber(5e15)).toBe('5e15')
  })

  it('shows what is not a number as a dash, and zero as zero', () => {
    expect(formatNumber(Number.NaN)).toBe('–')
    expect(formatNumber(null)).toBe('–')
    expect(formatNumber(Number.NEGATIVE_INFINITY)).toBe('−∞')
    expect(formatNumber(-0)).toBe('0')
  })
})

describe('counts, shares and bytes', () => {
  it('carry their unit', () => {
    expect(formatCounted(1, 'row')).toBe('1 row')
    expect(formatCounted(7043, 'row')).toBe('7,043 rows')
    expect(formatCount(12.6)).toBe('13')
    expect(plain(formatShare(0.4123))).toBe('41.2 %')
    expect(plain(formatBytes(0))).toBe('0 B')
    expect(plain(formatBytes(212_300_000))).toBe('212 MB')
    expect(plain(formatBytes(999_600))).toBe('1 MB')
    expect(plain(formatBytes(1234))).toBe('1.23 kB')
  })
})

describe('times', () => {
  const now = Date.UTC(2026, 2, 4, 12, 0, 0)
  it('are relative, in the past and the future', () => {
    expect(formatRelative(now - 3000, now)).toBe('just now')
    expect(plain(formatRelative(now - 4 * 60_000, now))).toBe('4 min ago')
    expect(plain(formatRelative(now - 50 * 3_600_000, now))).toBe('2 d ago')
    expect(plain(formatRelative(now + 3 * 3_600_000, now))).toBe('in 3 h')
  })

  it('are exact on demand', () => {
    expect(formatTime(new Date(2026, 2, 4, 15, 6, 7))).toBe('2026-03-04 15:06:07')
    expect(formatTime('not a time')).toBe('–')
  })
})
