/** Every option of a feature that is out of its range is refused by its own name; the ends of each range are in it. */
import { describe, expect, test } from 'vitest'
import { decode } from '../decode.ts'
import { Failure } from '../failure.ts'
import { featuresSpecSchema } from './column-spec.ts'

function pathOf(features: object): string | undefined {
  try {
    decode(featuresSpecSchema, features, 'features')
  } catch (error) {
    if (error instanceof Failure) return error.path
    throw error
  }
  return 'taken'
}

const parts = ['year', 'month', 'day', 'weekday', 'hour']
const options: [string, readonly unknown[], readonly unknown[]][] = [
  ['type', ['integer', 'ORDINAL', 1], ['numeric', 'categorical', 'ordinal', 'boolean', 'timestamp', 'text']],
  ['impute', ['zero', 'mode', true], ['mean', 'median', 'mostFrequent', 'constant', 'none']],
  ['fill', [null, [1], {}], [0, 'none', false]],
  ['missingIndicator', ['yes', 1], [true, false]],
  [
    'scale',
    ['log', 'zscore', 1],
    ['standard', 'minmax', 'robust', 'none', 'log1p', 'yeoJohnson', 'quantile'],
  ],
  ['distribution', ['gauss', 1], ['uniform', 'normal']],
  ['encode', ['one-hot', 'label', 1], ['onehot', 'ordinal', 'hashing', 'frequency', 'target', 'native']],
  ['minFrequency', [0, -1, '2', Number.NaN], [1e-6, 0.5, 1, 10_000]],
  ['order', [['low'], [], 'low,high', [1, 2]], [['low', 'high']]],
  ['width', [1, 0, 16_385, 2.5, '8'], [2, 16_384]],
  ['parts', [[], 'month', ['century'], ['month', 'Month'], ['month', 'month']], [['month'], parts]],
  ['cyclical', ['no', 0], [true, false]],
  [
    'bins',
    [
      1,
      0,
      257,
      2.5,
      '8',
      { count: 1 },
      { count: 257 },
      {},
      { count: 4, strategy: 'kmeans' },
      { edges: [1, 2] },
    ],
    [2, 256, { count: 2 }, { count: 256, strategy: 'uniform', encode: 'ordinal' }],
  ],
]

describe('out of its range and refused by name, its ends taken', () => {
  test.each(options)('%s', (key, out, taken) => {
    const of = (value: unknown) => pathOf({ columns: { tenure: { [key]: value } } })
    for (const value of out)
      expect([value, of(value)]).toEqual([value, expect.stringMatching(`^columns.tenure.${key}`)])
    for (const value of taken) expect([value, of(value)]).toEqual([value, 'taken'])
  })
})

test('every option of a column is in the table', () => {
  const known = Object.keys(featuresSpecSchema.shape.columns.unwrap().valueType.shape)
  expect(known.filter((key) => key !== 'constraints').sort()).toEqual(options.map(([key]) => key).sort())
})

test.each<[string, object, string]>([
  ['an unknown key', { columns: { tenure: { scaling: 'none' } } }, 'columns.tenure'],
  [
    'an unknown constraint',
    { columns: { tenure: { constraints: { least: 1 } } } },
    'columns.tenure.constraints',
  ],
  ['no list of columns', { include: 'tenure' }, 'include'],
  ['columns by number', { exclude: [1] }, 'exclude[0]'],
  ['a pair of one', { interactions: [['a']] }, 'interactions[0]'],
  [
    'a pair of three',
    {
      interactions: [
        ['a', 'b'],
        ['a', 'b', 'c'],
      ],
    },
    'interactions[1]',
  ],
])('%s is refused', (_, features, path) => {
  expect(pathOf(features)).toBe(path)
})
