import { describe, expect, it } from 'vitest'
import { readSettings } from './read-settings.ts'
import { defaultSettings, describeLimits } from './settings.ts'

describe('the limits printed at start', () => {
  it('are all of them, each as it is set', () => {
    const limits = {
      SLIPWAY_BODY_BYTES: ['20971520', 'body 20 MB'],
      SLIPWAY_ROWS: ['7', '7 rows a request'],
      SLIPWAY_INFLIGHT: ['11', '11 requests in flight'],
      SLIPWAY_QUEUE_ROWS: ['13', '13 rows waiting'],
      SLIPWAY_BATCH_ROWS: ['17', 'batches of 17'],
      SLIPWAY_BATCH_WAIT_MS: ['1.5', 'for 1.5 ms'],
      SLIPWAY_CONNECTIONS: ['19', '19 connections'],
      SLIPWAY_RATE: ['23', '23 requests/s a client'],
      SLIPWAY_HEADER_SECONDS: ['29', '29 s for headers'],
      SLIPWAY_REQUEST_SECONDS: ['31', '31 s a request'],
      SLIPWAY_STOP_DELAY_SECONDS: ['37', 'stop delay 37 s'],
      SLIPWAY_DRAIN_SECONDS: ['41', 'drain 41 s'],
      SLIPWAY_LINGER_SECONDS: ['43', 'linger 43 s'],
      SLIPWAY_LOGGED_ROWS: ['47', '47 predictions logged/s'],
      SLIPWAY_WINDOW_SECONDS: ['53', 'window 53 s'],
      SLIPWAY_TOKEN: ['secret', 'token asked'],
    } as const
    const usual = describeLimits({ ...defaultSettings, stateFolder: '/state' })
    for (const [variable, [value, text]] of Object.entries(limits)) {
      const line = describeLimits(readSettings(new Map(), { [variable]: value }, '/bundle'))
      expect([variable, line]).toEqual([variable, expect.stringContaining(text)])
      expect([variable, usual.includes(text)]).toEqual([variable, false])
      expect(line).not.toContain('secret')
    }
  })

  it('are those of the defaults where none is set', () => {
    expect(describeLimits({ ...defaultSettings, stateFolder: '/state' })).toBe(
      'limits: body 10 MB, 10000 rows a request, 256 requests in flight, 20000 rows waiting to be scored in batches of 256, for 2 ms, 4096 connections, no rate limit, 10 s for headers, 60 s a request, stop delay 0 s, drain 30 s, linger 0.5 s, 2000 predictions logged/s, window 60 s, token not asked',
    )
  })
})
