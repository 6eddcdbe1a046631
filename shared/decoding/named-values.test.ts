/** Catches names from data that are lost, or taken for what every object inherits, on their way through a decoder. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { namedValues } from './named-values.ts'
import { read } from './read.ts'

const names = fc.oneof(
  fc.constantFrom('__proto__', 'constructor', 'toString', 'hasOwnProperty', '', 'tenure'),
  fc.string(),
)

test('values keep every name, through JSON too', () => {
  const schema = namedValues(z.number())
  fc.assert(
    fc.property(fc.uniqueArray(fc.tuple(names, fc.integer()), { selector: ([name]) => name }), (entries) => {
      const given = Object.fromEntries(entries)
      const decoded = schema.parse(JSON.parse(JSON.stringify(given)))
      expect(new Map(Object.entries(decoded))).toEqual(new Map(Object.entries(given)))
      expect(Object.getPrototypeOf(decoded)).toBe(Object.prototype)
    }),
  )
})

test('a value of any name is refused where it does not fit', () => {
  const schema = z.strictObject({ rows: z.array(namedValues(z.strictObject({ a: z.number() }))) })
  const reading = read(schema, JSON.parse('{"rows": [{"tenure": {"a": 1}, "__proto__": {"b": 1}}]}'))
  expect(reading.ok ? [] : reading.problems.map(({ path, message }) => [path.join('.'), message])).toEqual([
    ['rows.0.__proto__', 'unknown key "b"'],
    ['rows.0.__proto__.a', 'expected a number, found nothing'],
  ])
  expect(namedValues(z.number()).safeParse([]).success).toBe(false)
  expect(namedValues(z.number()).safeParse(null).success).toBe(false)
})
