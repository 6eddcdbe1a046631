import { describe, expect, it } from 'vitest'
import { lintMetrics } from './metrics-lint.ts'
import { runTool } from './run-tool.ts'

const good = [
  '# HELP door_openings_total Openings of the door.',
  '# TYPE door_openings_total counter',
  'door_openings_total{door="front \\"A\\", left",floor="1"} 3',
  'door_openings_total{door="back",floor="1"} 1e+21',
  '# Any other comment is nobody’s business.',
  '# HELP door_open_seconds Time that the door stands open.',
  '# TYPE door_open_seconds histogram',
  'door_open_seconds_bucket{le="1"} 2',
  'door_open_seconds_bucket{le="+Inf"} 3',
  'door_open_seconds_sum 4.5',
  'door_open_seconds_count 3',
  '# HELP door_force_ratio Force over force allowed.',
  '# TYPE door_force_ratio gauge',
  'door_force_ratio{door="front"} NaN',
  'door_force_ratio{door="back"} Nan',
  '',
].join('\n')

const gauge = (name: string, labels = '') =>
  `# HELP ${name} A thing.\n# TYPE ${name} gauge\n${name}${labels} 1\n`

/** What is said, by the page that it is said of. */
const style: Readonly<Record<string, string>> = {
  '# TYPE door_open gauge\ndoor_open 1\n': 'door_open has no help.',
  '# HELP door_openings Openings.\n# TYPE door_openings counter\ndoor_openings 1\n':
    'door_openings is a counter that does not end in _total.',
  [gauge('door_openings_total')]: 'door_openings_total ends in _total but is no counter.',
  [gauge('door_open_milliseconds')]: 'door_open_milliseconds should be in seconds, not milliseconds.',
  [gauge('door_age_days')]: 'door_age_days should be in seconds, not days.',
  [gauge('door_kilobits')]: 'door_kilobits should be in bytes, not kilobits.',
  [gauge('door_wait_ms')]: 'door_wait_ms abbreviates a unit, ms.',
  [gauge('door_bucket')]: 'door_bucket ends in _bucket but is no histogram.',
  [gauge('door_count')]: 'door_count ends in _count.',
  [gauge('door_sum')]: 'door_sum ends in _sum.',
  [gauge('door_open', '{le="1"}')]: 'door_open has the label le but is no histogram.',
  [gauge('door_open', '{quantile="1"}')]: 'door_open has the label quantile but is no summary.',
  [gauge('door_gauge')]: 'door_gauge has its type, gauge, in its name.',
  [gauge('door:open')]: 'door:open has a colon in its name.',
  [gauge('doorOpen')]: 'doorOpen writes doorOpen in camel case.',
  [gauge('door_open', '{doorName="a"}')]: 'door_open writes doorName in camel case.',
}
const form: Readonly<Record<string, string>> = {
  [gauge('door_open').trimEnd()]: 'The last line does not end.',
  [gauge('door_open') + gauge('door_open', '{a="b"}')]: 'door_open is announced twice.',
  [`${gauge('door_open')}door_open 2\n`]: 'door_open is there twice.',
  [`${gauge('door_open')}door_shut 2\n`]: 'door_shut follows no TYPE of its own.',
  'door_shut 2\n': 'door_shut follows no TYPE of its own.',
  [gauge('door_open', '{a="b"c"}')]: 'No sample is written so: door_open{a="b"c"} 1',
  [`${gauge('door_open')}door_open{a="b"} one\n`]: 'No sample is written so: door_open{a="b"} one',
}

describe('the rules of metrics', () => {
  it('say nothing against a page of good metrics', () => {
    expect(lintMetrics(good)).toEqual([])
  })

  it.each(Object.entries({ ...style, ...form }))('refuse %j', (page, problem) => {
    expect(lintMetrics(page)).toEqual([problem])
  })

  it('are those of promtool, which is silent about the good and says as much against each of the others', (test) => {
    const check = (page: string) => runTool(test, 'promtool', ['check', 'metrics'], page)
    expect(check(good)).toEqual({ code: 0, out: '', err: '' })
    for (const page of Object.keys(style)) {
      const { code, out, err } = check(page)
      expect([page, code, (out + err).trim().split('\n').length]).toEqual([page, 3, 1])
    }
  })
})
