import { describe, expect, it } from 'vitest'
import { formatDuration } from './format-duration.ts'

/** Units are joined by a space that does not break. */
const plain = (text: string) => text.replaceAll('\u00a0', ' ')

describe('formatDuration', () => {
  it('chooses the unit by size', () => {
    expect(plain(formatDuration(0.312))).toBe('0.31 ms')
    expect(plain(formatDuration(999.7))).toBe('1 s')
    expect(plain(formatDuration(310))).toBe('310 ms')
    expect(plain(formatDuration(1430))).toBe('1.43 s')
    expect(plain(formatDuration(125_000))).toBe('2 min 5 s')
    expect(plain(formatDuration(59_980))).toBe('1 min')
    expect(plain(formatDuration(3 * 3_600_000 + 4 * 60_000))).toBe('3 h 4 min')
    expect(plain(formatDuration(51 * 3_600_000))).toBe('2 d 3 h')
    expect(plain(formatDuration(1250, 2))).toBe('1.3 s')
    expect(formatDuration(null)).toBe('–')
  })
})
