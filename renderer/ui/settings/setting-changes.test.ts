import { describe, expect, it } from 'vitest'
import {
  noSettings,
  notOffered,
  offeredSettings,
  settingRows,
  settingsToSend,
  withoutSetting,
} from './setting-changes.ts'

const inForce = { values: { SLIPWAY_RATE: '50', SLIPWAY_ROWS: '3' }, secrets: ['SLIPWAY_TOKEN'] }
const shown = (changes: Record<string, string | null>) =>
  settingRows(inForce, changes).map(({ name, text, kept }) => [name, kept ? 'kept' : text])

describe('the settings of a deployment in the window', () => {
  it('show what is in force, and of a secret that there is one', () => {
    expect(shown({})).toEqual([
      ['SLIPWAY_RATE', '50'],
      ['SLIPWAY_ROWS', '3'],
      ['SLIPWAY_TOKEN', 'kept'],
    ])
    expect(settingsToSend(inForce, {})).toEqual({})
  })

  it('send what differs, an empty text for what is taken away', () => {
    const changes = {
      SLIPWAY_RATE: null,
      SLIPWAY_ROWS: '3',
      SLIPWAY_TOKEN: 'sesame',
      SLIPWAY_LOG_SAMPLE: '0.1',
    }
    expect(shown(changes)).toEqual([
      ['SLIPWAY_ROWS', '3'],
      ['SLIPWAY_TOKEN', 'sesame'],
      ['SLIPWAY_LOG_SAMPLE', '0.1'],
    ])
    expect(settingsToSend(inForce, changes)).toEqual({
      SLIPWAY_RATE: '',
      SLIPWAY_TOKEN: 'sesame',
      SLIPWAY_LOG_SAMPLE: '0.1',
    })
  })

  it('keep a secret whose field was emptied again, and take it away when told so', () => {
    expect(shown({ SLIPWAY_TOKEN: '' })).toContainEqual(['SLIPWAY_TOKEN', 'kept'])
    expect(settingsToSend(inForce, { SLIPWAY_TOKEN: '' })).toEqual({})
    expect(settingsToSend(inForce, withoutSetting(inForce, {}, 'SLIPWAY_TOKEN'))).toEqual({
      SLIPWAY_TOKEN: '',
    })
  })

  it('send nothing of one that was added and left empty, or taken away again', () => {
    expect(settingsToSend(noSettings, { SLIPWAY_RATE: '' })).toEqual({})
    expect(withoutSetting(noSettings, { SLIPWAY_RATE: '5' }, 'SLIPWAY_RATE')).toEqual({})
  })

  it('say of a value why it would be refused', () => {
    const [row] = settingRows(noSettings, { SLIPWAY_LOG_SAMPLE: '2' })
    expect(row?.problem).toBe('SLIPWAY_LOG_SAMPLE is "2", expected a number from 0 to 1.')
    expect(settingRows(noSettings, { SLIPWAY_LOG_SAMPLE: '' })[0]?.problem).toBe(null)
  })

  it('offer those that are not shown yet, and say why another is not offered', () => {
    const rows = settingRows(inForce, {})
    expect(offeredSettings(rows).map(({ name }) => name)).not.toContain('SLIPWAY_RATE')
    expect(offeredSettings(rows)).toContainEqual({
      name: 'SLIPWAY_WINDOW_SECONDS',
      help: 'length of a monitoring window',
    })
    expect(notOffered('slipway_port', rows)).toBe(
      'SLIPWAY_PORT cannot be set for a deployment, which decides it by itself.',
    )
    expect(notOffered('SLIPWAY_RATE', rows)).toBe('SLIPWAY_RATE is above.')
    expect(notOffered('colour', rows)).toContain('"colour"')
  })
})
