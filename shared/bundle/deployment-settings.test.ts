import { describe, expect, it } from 'vitest'
import { assertServerSettings } from './check-deployment-settings.ts'
import { deploymentVariables, secretVariables } from './deployment-settings.ts'

describe('the settings of a deployment', () => {
  it.each([
    [{ SLIPWAY_RATES: '3' }, 'SLIPWAY_RATES is no setting of a deployment, expected one of SLIPWAY_TOKEN,'],
    [{ PATH: '/' }, 'PATH is no setting of a deployment'],
    [{ SLIPWAY_PORT: '80' }, 'SLIPWAY_PORT cannot be set for a deployment, which decides it by itself.'],
    [{ SLIPWAY_TOKEN: 'Schlüssel' }, 'SLIPWAY_TOKEN holds a character that a header cannot carry'],
    [{ SLIPWAY_ADMIN_TOKEN: ' open' }, 'SLIPWAY_ADMIN_TOKEN holds a character that a header cannot carry'],
    [{ SLIPWAY_ID_KEY: 'short' }, 'SLIPWAY_ID_KEY has 5 characters, expected 16 or more'],
    [{ SLIPWAY_RATE: 'fast' }, 'SLIPWAY_RATE is "fast", expected a number from 0 to 1000000.'],
    [{ SLIPWAY_LOG_SAMPLE: '1.5' }, 'SLIPWAY_LOG_SAMPLE is "1.5", expected a number from 0 to 1.'],
    [{ SLIPWAY_ROWS: '0' }, 'SLIPWAY_ROWS is "0", expected a number from 1 to 10000000.'],
    [{ SLIPWAY_ROWS: '2.5' }, 'SLIPWAY_ROWS is "2.5", expected a whole number.'],
    [{ SLIPWAY_CORS: 'example.com' }, 'SLIPWAY_CORS has "example.com", expected origins such as'],
    [{ SLIPWAY_LOG_LEVEL: 'loud' }, 'SLIPWAY_LOG_LEVEL is "loud", expected debug, info, warn or error.'],
  ] as [Record<string, string>, string][])('are refused as %j', (settings, message) => {
    expect(() => assertServerSettings(settings)).toThrow(
      expect.objectContaining({ code: 'invalid-input', message: expect.stringContaining(message) }),
    )
  })

  it('are taken within their bounds, and taken away by an empty text', () => {
    assertServerSettings({ SLIPWAY_RATE: '0.5', SLIPWAY_LOG_LEVEL: 'warn', SLIPWAY_CORS: '*' })
    assertServerSettings(Object.fromEntries(deploymentVariables.map((name) => [name, ''])))
  })

  it('count their secrets among them', () => {
    expect(deploymentVariables).toEqual(expect.arrayContaining([...secretVariables]))
  })
})
