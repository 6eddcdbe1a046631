import { describe, expect, it } from 'vitest'
import { shownLine } from './logs.ts'

describe('a line of `slipway logs`', () => {
  it('begins with its time and level, and ends with what else it says', () => {
    expect(shownLine('{"level":40,"time":1700000000000,"pid":7,"msg":"a worker ended"}')).toBe(
      '2023-11-14 22:13:20  warn   a worker ended  "pid":7',
    )
    expect(shownLine('ready http://127.0.0.1:8101 in 80 ms')).toBe(
      'info   ready http://127.0.0.1:8101 in 80 ms',
    )
  })
})
