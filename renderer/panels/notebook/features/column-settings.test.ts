import { expect, test } from 'vitest'
import { columnSpecSchema, columnTypes } from '../../../../shared/features/column-spec.ts'
import {
  detailsInWords,
  encodingChoices,
  imputeChoices,
  settingsOf,
  typeChoices,
  withEncoding,
  withSetting,
  writeSettings,
} from './column-settings.ts'

test('every choice the form offers is one that a train cell takes', () => {
  for (const type of columnTypes) {
    for (const { value } of encodingChoices(type, true)) {
      expect(columnSpecSchema.safeParse(withEncoding({}, type, value)).success).toBe(true)
    }
    for (const { value } of imputeChoices(type, true).filter((choice) => choice.value !== '')) {
      expect(columnSpecSchema.safeParse(withSetting({}, ['impute'], value)).success).toBe(true)
    }
  }
})

test('only boosted trees are offered what only they can take', () => {
  const offered = (trees: boolean) =>
    [...encodingChoices('categorical', trees), ...imputeChoices('numeric', trees)].map(({ value }) => value)
  expect(offered(true)).toEqual(expect.arrayContaining(['native', 'none']))
  expect(offered(false)).not.toContain('native')
  expect(offered(false)).not.toContain('none')
})

test('another encoding drops the parameters of the one before, and an imputation it has no use for', () => {
  const hashed = { encode: 'hashing', width: 32, missingIndicator: true }
  expect(withEncoding(hashed, 'categorical', 'target')).toEqual({ encode: 'target', missingIndicator: true })
  expect(withEncoding({ impute: 'constant', fill: 'none' }, 'categorical', 'frequency')).toEqual({
    encode: 'frequency',
  })
  expect(withEncoding({ impute: 'constant', fill: 'none' }, 'categorical', 'onehot')).toMatchObject({
    impute: 'constant',
  })
  expect(withEncoding({ bins: 8, impute: 'mean' }, 'numeric', 'robust')).toEqual({
    impute: 'mean',
    scale: 'robust',
  })
})

test('another type keeps only what every type can have', () => {
  const column = { scale: 'robust', missingIndicator: true, constraints: { min: 0, required: true } }
  expect(withSetting(column, ['type'], 'categorical')).toEqual({
    type: 'categorical',
    missingIndicator: true,
    constraints: { required: true },
  })
  expect(withSetting({ type: 'ordinal', order: ['a', 'b'] }, ['type'], undefined)).toEqual({})
})

test('a column without settings leaves the JSON, and the rest stays as it was', () => {
  const spec = { from: 'f', features: { exclude: ['id'], columns: { a: { scale: 'none' } } } }
  expect(writeSettings(spec, 'a', withEncoding(settingsOf(spec, 'a'), 'numeric', ''))).toEqual({
    from: 'f',
    features: { exclude: ['id'] },
  })
})

test('a fractional number is not offered as a category, and a nested type as nothing', () => {
  expect(typeChoices('DOUBLE').map(({ value }) => value)).toEqual(['', 'boolean'])
  expect(typeChoices('VARCHAR').map(({ value }) => value)).toContain('text')
  expect(typeChoices('INTEGER[]')).toHaveLength(1)
})

test('folded details are told in a few words', () => {
  const column = { bins: 8, missingIndicator: true, constraints: { min: 0, max: 120, integer: true } }
  expect(detailsInWords(column)).toBe('8 bins · indicator · 0 to 120 · whole')
  expect(detailsInWords({})).toBe('')
})
