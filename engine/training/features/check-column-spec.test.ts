/** Settings that do not go with a column, its type, the model or each other are refused, each with its column. */
import { describe, expect, test } from 'vitest'
import { trainSpecSchema } from '../../../shared/notebook/train-spec.ts'
import { chooseFeatures, type SourceColumn } from '../choose-columns.ts'

const columns: SourceColumn[] = [
  { name: 'number', sourceType: 'DOUBLE' },
  { name: 'whole', sourceType: 'INTEGER' },
  { name: 'yes', sourceType: 'BOOLEAN' },
  { name: 'word', sourceType: 'VARCHAR' },
  { name: 'note', sourceType: 'VARCHAR', holds: 'text' },
  { name: 'when', sourceType: 'TIMESTAMP' },
  { name: 'y', sourceType: 'INTEGER' },
]

function choose(name: string, column: object, kind = 'linear') {
  const features = { include: [name], columns: { [name]: column } }
  const spec = trainSpecSchema.parse({ from: 'made', target: 'y', features, model: { kind } })
  return chooseFeatures(spec, columns)[0]
}

const refused: [string, string, object, RegExp][] = [
  ['a scale of categories', 'word', { scale: 'minmax' }, /is categorical: "scale" does not apply/],
  ['bins of a truth value', 'yes', { bins: 4 }, /is boolean: "bins" does not apply/],
  ['parts of a number', 'number', { parts: ['month'] }, /is numeric: "parts" does not apply/],
  ['cycles of a text', 'note', { cyclical: true }, /is text: "cyclical" does not apply/],
  ['an encoding of a number', 'whole', { encode: 'onehot' }, /is numeric: "encode" does not apply/],
  ['a width of a number', 'number', { width: 8 }, /is numeric: "width" does not apply/],
  ['a distribution of no quantiles', 'number', { distribution: 'normal' }, /"distribution", which goes with/],
  ['a scale beside bins', 'number', { bins: 4, scale: 'minmax' }, /"scale", which goes with no "bins"/],
  [
    'rare values of hashes',
    'word',
    { encode: 'hashing', minFrequency: 2 },
    /"minFrequency", which goes with/,
  ],
  ['an order of no ordinal', 'word', { order: ['a', 'b'] }, /"order", which goes with "type": "ordinal"/],
  ['a width of one input a category', 'word', { encode: 'onehot', width: 8 }, /"width", which goes with/],
  [
    'an ordinal without order',
    'word',
    { type: 'ordinal', order: ['a', 'b'], encode: 'target' },
    /is ordinal, but its "encode" is "target"/,
  ],
  [
    'an ordinal text whose order nobody says',
    'word',
    { type: 'ordinal' },
    /nothing says the order of its texts/,
  ],
  ['half a row', 'word', { minFrequency: 2.5 }, /"minFrequency" 2.5; it is a whole number of rows/],
  ['a missing value for lines', 'number', { impute: 'none' }, /"impute": "none", which only a "gbdt"/],
  ['native categories for lines', 'word', { encode: 'native' }, /"encode": "native", which only a "gbdt"/],
  ['an imputed text', 'note', { impute: 'constant', fill: 'x' }, /is text: a missing one has no word/],
  ['the median of categories', 'word', { impute: 'median' }, /is categorical and has no median/],
  ['what has a place for missing', 'word', { impute: 'mostFrequent', encode: 'hashing' }, /has a place for/],
  ['a fill of nothing', 'number', { fill: 3 }, /"fill" but not "impute": "constant"/],
  ['a truth value that is 5', 'yes', { impute: 'constant', fill: 5 }, /is boolean; its "fill" is 5/],
  ['a truth value in words', 'yes', { impute: 'constant', fill: 'true' }, /is boolean; its "fill" is "true"/],
  ['a number that is true', 'number', { impute: 'constant', fill: true }, /is numeric; its "fill" is true/],
  ['a category that is 5', 'word', { impute: 'constant', fill: 5 }, /is categorical; its "fill" is 5/],
  ['a time that is true', 'when', { impute: 'constant', fill: true }, /is timestamp; its "fill" is true/],
  ['a time that is none', 'when', { impute: 'constant', fill: 'soon' }, /is timestamp; its "fill" is "soon"/],
  ['categories with a least', 'word', { constraints: { min: 1 } }, /may not have "min", "max" or "integer"/],
  [
    'numbers with a pattern',
    'number',
    { constraints: { pattern: '.' } },
    /may not have "values" or "pattern"/,
  ],
  ['a bound in words', 'number', { constraints: { min: 'one' } }, /have the bound "one"/],
  [
    'a least above the most',
    'number',
    { constraints: { min: 2, max: 1 } },
    /at least 2 and at most 1, which/,
  ],
  [
    'times that end before they begin',
    'when',
    { constraints: { min: '2024-02-01', max: '2024-01-01' } },
    /nothing is/,
  ],
  ['categories of fractions', 'number', { type: 'categorical' }, /fractional numbers cannot be categories/],
  [
    'a time as a number',
    'when',
    { type: 'numeric' },
    /holds a timestamp \(TIMESTAMP\) and cannot be numeric/,
  ],
]

describe('refused', () => {
  test.each(refused)('%s', (_, name, column, message) => {
    expect(() => choose(name, column)).toThrow(
      expect.objectContaining({
        code: 'invalid-input',
        path: `features.columns.${name}`,
        message: expect.stringMatching(new RegExp(`^Column "${name}".*${message.source}`)),
        whatToDo: expect.stringMatching(/\w/),
      }),
    )
  })
})

const taken: [string, string, object, unknown][] = [
  ['a truth value as it is', 'yes', { impute: 'constant', fill: true }, 1],
  ['a truth value as 0', 'yes', { impute: 'constant', fill: 0 }, 0],
  ['a number', 'number', { impute: 'constant', fill: -1.5 }, -1.5],
  ['a category', 'word', { impute: 'constant', fill: 'none' }, 'none'],
  ['a date', 'when', { impute: 'constant', fill: '1970-01-02' }, 86_400_000],
  ['a number of milliseconds', 'when', { impute: 'constant', fill: 5 }, 5],
]

test.each(taken)('%s is a fill', (_, name, column, fill) => {
  expect(choose(name, column)?.fill).toBe(fill)
})

test('whole numbers and truth values have an order of their own, texts the one they are given', () => {
  expect(choose('whole', { type: 'ordinal' })?.type).toBe('categorical')
  expect(choose('yes', { type: 'ordinal' })?.type).toBe('categorical')
  expect(choose('word', { type: 'ordinal', order: ['a', 'b'] })?.type).toBe('categorical')
  // Coded by the alphabet, which claims no order.
  expect(choose('word', { encode: 'ordinal' })?.type).toBe('categorical')
})
