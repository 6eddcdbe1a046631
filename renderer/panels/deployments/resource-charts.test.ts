import { describe, expect, it } from 'vitest'
import { tokens } from '../../theme.ts'
import { resourceCharts } from './resource-charts.ts'

const samples = [
  { at: 1_700_000_000_000, cpu: null, memoryBytes: 80e6, eventLoopDelayMs: 2 },
  { at: 1_700_000_002_000, cpu: 1.25, memoryBytes: 90e6, eventLoopDelayMs: 40 },
]

describe('the charts of resources', () => {
  it('show percent of a core, megabytes and milliseconds, with the newest value in words', () => {
    const charts = resourceCharts(samples, tokens.light)
    expect(charts.map(({ title, data }) => [title, (data[0] as { y: unknown }).y])).toEqual([
      ['CPU, % of one core', [null, 125]],
      ['Memory, MB', [80, 90]],
      ['Event-loop delay, ms', [2, 40]],
    ])
    expect(charts.map(({ now }) => now)).toEqual(['125 %', '90 MB', '40 ms'])
  })

  it('have one time axis of one to five minutes, also before anything was measured', () => {
    const spans = [[], samples, [{ ...samples[0]!, at: samples[0]!.at - 120_000 }, samples[0]!]]
    const long = [{ ...samples[0]!, at: 0 }, samples[0]!]
    const found = [...spans, long].map((given) => {
      const ranges = resourceCharts(given, tokens.dark).map(
        ({ layout }) => (layout as { xaxis: { range: string[] } }).xaxis.range,
      )
      expect(new Set(ranges.map((range) => range.join())).size).toBe(1)
      const [from = '', to = ''] = ranges[0] ?? []
      return (Date.parse(to) - Date.parse(from)) / 1000
    })
    expect(found).toEqual([60, 60, 120, 300])
  })
})
