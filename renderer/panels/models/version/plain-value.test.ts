import { expect, it } from 'vitest'
import { plainValue } from './plain-value.ts'

it.each([
  ['a string', '"month-to-month"', 'month-to-month'],
  ['a string with quotes in it', '"the \\"best\\""', 'the "best"'],
  ['a string in quotes of its own', '"\\"first\\""', '"first"'],
  ['a number', '0.1', '0.1'],
  ['nothing', 'null', 'null'],
  ['a list', '["Yes","No"]', '["Yes","No"]'],
])('%s is shown as people write it', (_what, json, shown) => {
  expect(plainValue(json)).toBe(shown)
})

it.each(['"1"', '"true"', '"null"', '""', '" "', '"[1]"'])(
  '%s keeps its quotes: without them it reads as another value',
  (json) => {
    expect(plainValue(json)).toBe(json)
  },
)
