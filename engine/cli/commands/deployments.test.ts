import { describe, expect, it } from 'vitest'
import { parseCommandLine, UsageError } from '../command.ts'
import { deploy, settingsOf } from './deployments.ts'

describe('--env', () => {
  it('takes names with values, which may hold signs of equality, and names that are set where it runs', () => {
    const words = ['SLIPWAY_RATE=5', 'SLIPWAY_REDACT=', 'SLIPWAY_TOKEN', 'SLIPWAY_ID_KEY=a=b']
    expect(settingsOf(words, { SLIPWAY_TOKEN: 'sesame' })).toEqual({
      SLIPWAY_RATE: '5',
      SLIPWAY_REDACT: '',
      SLIPWAY_TOKEN: 'sesame',
      SLIPWAY_ID_KEY: 'a=b',
    })
    expect(() => settingsOf(['SLIPWAY_TOKEN'], {})).toThrow(UsageError)
    expect(() => settingsOf(['=5'], {})).toThrow(UsageError)
  })

  it('is not for a deployment that is there already', async () => {
    const words = ['bundle', '--name', 'churn', '--replace', '--env', 'SLIPWAY_RATE=5']
    const terminal = { out() {}, log() {}, interactive: false }
    await expect(deploy.run(parseCommandLine(deploy, words), terminal)).rejects.toThrow(/settings/)
  })
})
