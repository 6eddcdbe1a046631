import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Failure } from '../failure.ts'
import { jsonProblem, parseJson } from './parse-json.ts'

const mistakes: [string, string, string, RegExp][] = [
  [
    'a comma too many',
    '{"a": 1,\n}',
    'line 2, column 1: expected a key in double quotes, found "}"',
    /comma before it/,
  ],
  [
    'the same in a list',
    '{"a": [1, ]}',
    'line 1, column 11: expected a value, found "]"',
    /Take out the comma/,
  ],
  [
    'a comma too few',
    '{\n  "a": 1\n  "b": 2\n}',
    'line 3, column 3: expected "," or "}", found "b"',
    /Put a comma/,
  ],
  ['the same in a list', '[1 2]', 'line 1, column 4: expected "," or "]", found "2"', /Put a comma/],
  [
    'a key without quotes',
    '{from: 1}',
    'line 1, column 2: expected a key in double quotes or "}", found "from"',
    /keys in double quotes/,
  ],
  [
    'a text without quotes',
    '{"a": churn}',
    'line 1, column 7: expected a value, found "churn"',
    /texts in double quotes/,
  ],
  [
    'single quotes',
    "{'a': 1}",
    `line 1, column 2: expected a key in double quotes or "}", found "'a'"`,
    /double quotes/,
  ],
  ['no colon', '{"a" 1}', 'line 1, column 6: expected ":" after the key, found "1"', /Put ":"/],
  ['no value', '{"a": }', 'line 1, column 7: expected a value, found "}"', /value that is missing/],
  ['a word of Python', '{"a": True}', 'line 1, column 7: expected a value, found "True"', /Write true\./],
  ['no number', '{"a": NaN}', 'line 1, column 7: expected a value, found "NaN"', /Write null\./],
  [
    'a number without its zero',
    '{"a": .5}',
    'line 1, column 7: expected a value, found ".5"',
    /Write numbers as/,
  ],
  [
    'a number with a zero too many',
    '{"a": 012}',
    'line 1, column 7: expected a value, found "012"',
    /Write numbers as/,
  ],
  ['half a number', '[-]', 'line 1, column 2: expected a value or "]", found "-"', /Write/],
  [
    'a word that only begins well',
    '[nullable]',
    'line 1, column 2: expected a value, found "nullable"',
    /texts in double/,
  ],
  ['a comment', '{"a": 1 // one\n}', 'line 1, column 9: expected "," or "}", found "//"', /no comments/],
  [
    'a line break in a text',
    '{"a": "one\ntwo"}',
    'line 1, column 11: expected a double quote that ends the text, found the end of the line',
    /line break in it is \\n/,
  ],
  [
    'a tab in a text',
    '["\t"]',
    'line 1, column 3: expected a double quote that ends the text, found a tab',
    /tab as \\t/,
  ],
  [
    'a backslash of a path',
    '{"a": "C:\\data"}',
    'line 1, column 10: expected an escape such as \\n, \\" or \\\\, found "\\\\"',
    /backslash/,
  ],
  [
    'an end too early',
    '{"a": [1, {"b": 2}',
    'line 1, column 19: expected "," or "]", found the end',
    /End it with "\]", then "\}"/,
  ],
  [
    'a text without end',
    '{"a": "one',
    'line 1, column 11: expected a double quote that ends the text, found the end',
    /End the text/,
  ],
  ['nothing at all', '', 'line 1, column 1: expected a value, found the end', /such as \{\}/],
  [
    'something behind the end',
    '{} {}',
    'line 1, column 4: expected nothing more, found "{"',
    /what follows the end/,
  ],
  [
    'a bracket of another kind',
    '{"a": [1}',
    'line 1, column 9: expected "," or "]", found "}"',
    /bracket too many or too few/,
  ],
  [
    'a byte order mark',
    '\uFEFF{}',
    'line 1, column 1: expected a value, found a byte order mark',
    /without a byte order mark/,
  ],
]

describe('a text that is no JSON is told by line and column, what was expected, what was found and the way out', () => {
  test.each(mistakes)('%s: %j', (_, text, message, whatToDo) => {
    const problem = jsonProblem(text)
    expect(problem?.message).toBe(message)
    expect(problem?.whatToDo).toMatch(whatToDo)
    expect(() => JSON.parse(text)).toThrow()
  })

  test('what stands under a key that is secret is not shown', () => {
    expect(jsonProblem('{"SLIPWAY_TOKEN": abc123}')?.message).toBe(
      'line 1, column 19: expected a value, found a value that is not shown',
    )
  })

  test('nothing as long as a file is quoted', () => {
    for (const text of [`[${'x'.repeat(1e6)}]`, `[1 "${'\\n'.repeat(1e7)}"]`, `[1 '${'x'.repeat(1e7)}']`]) {
      expect(jsonProblem(text)?.message.length).toBeLessThan(150)
    }
  })
})

test('JSON is read as it is, and anything else is a failure of the text that is named', () => {
  fc.assert(
    fc.property(fc.oneof(fc.json(), fc.string()), (text) => {
      const problem = jsonProblem(text)
      if (problem === null) {
        expect(parseJson(text, 'It')).toEqual(JSON.parse(text))
        return
      }
      const thrown: unknown = (() => {
        try {
          return parseJson(text, 'It')
        } catch (error) {
          return error
        }
      })()
      if (!(thrown instanceof Failure)) throw thrown
      expect(thrown).toMatchObject({
        message: `It is not JSON: ${problem.message}.`,
        whatToDo: problem.whatToDo,
      })
    }),
  )
  expect(() => parseJson('{', 'It', 'Package it anew.')).toThrow(
    expect.objectContaining({ whatToDo: 'Package it anew.' }),
  )
})
