import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fitsLogFilter, readLogLine } from './log-line.ts'

describe('a line of the log', () => {
  it("is read from pino's JSON with what else it says", () => {
    const line = '{"level":40,"time":1700000000000,"pid":7,"signal":"SIGKILL","msg":"a worker ended"}'
    expect(readLogLine(line)).toEqual({
      level: 'warn',
      time: 1_700_000_000_000,
      message: 'a worker ended',
      details: '"pid":7,"signal":"SIGKILL"',
    })
  })

  it('stays text where it is none of ours, with the level that its first words tell', () => {
    expect(readLogLine('ready http://127.0.0.1:8101 in 80 ms')).toMatchObject({ level: 'info', time: null })
    expect(readLogLine('TypeError: x is not a function').level).toBe('error')
    expect(readLogLine('    at run (server.mjs:1:2)').level).toBe('error')
    expect(readLogLine('(node:12) ExperimentalWarning: new').level).toBe('warn')
    expect(readLogLine('{"level":"high"}').message).toBe('{"level":"high"}')
  })

  it('is read without a fault, whatever it holds, and always fits the widest filter', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(fitsLogFilter(readLogLine(text), { level: 'debug', text: '' })).toBe(true)
      }),
    )
  })

  it('is found by its level and by words of its message and details', () => {
    const line = readLogLine('{"level":30,"requestId":"abc","msg":"Request answered"}')
    expect(fitsLogFilter(line, { level: 'info', text: 'ABC' })).toBe(true)
    expect(fitsLogFilter(line, { level: 'info', text: 'refused' })).toBe(false)
    expect(fitsLogFilter(line, { level: 'warn', text: '' })).toBe(false)
  })
})
