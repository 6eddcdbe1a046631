/** What a message shows of a value: JSON that is short, whole where it fits, and without secrets. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { found } from './found.ts'

test('a short value is its JSON', () => {
  fc.assert(
    fc.property(fc.jsonValue({ depthSize: 'small', maxDepth: 2 }), (value) => {
      const json = JSON.stringify(value)
      fc.pre(json.length <= 60 && !json.includes('://'))
      expect(found(value)).toBe(json)
    }),
  )
})

test('no value takes more than sixty characters and the mark of the cut', () => {
  fc.assert(
    fc.property(
      fc.anything({ withBigInt: true, withTypedArray: true, withDate: true, withMap: true }),
      (value) => {
        expect(found(value).length).toBeLessThanOrEqual(61)
        expect(found(value).isWellFormed()).toBe(true)
      },
    ),
    { numRuns: 500 },
  )
})

test('values as large as a file, or that hold themselves, are cut', () => {
  expect(found(new Array(5_000_000).fill(1))).toMatch(/^\[1,1,.*…$/)
  expect(found('x'.repeat(50_000_000))).toBe(`"${'x'.repeat(59)}…`)
  const circle: unknown[] = []
  circle.push(circle)
  expect(found(circle)).toBe(`${'['.repeat(60)}…`)
  expect(found('🙂'.repeat(60))).toBe(`"${'🙂'.repeat(29)}…`)
})

test.each<[unknown, string]>([
  [undefined, 'nothing'],
  [Number.NaN, 'NaN'],
  [-Infinity, '-Infinity'],
  [-0, '0'],
  [12n, '12'],
  [() => 1, 'a function'],
  [new Map([[1, 2]]), 'a value of class Map'],
  [Float64Array.of(1), 'a value of class Float64Array'],
  [[undefined, Number.NaN], '[nothing,NaN]'],
])('what is not JSON has a name: %s', (value, text) => {
  expect(found(value)).toBe(text)
})

describe('secrets are not shown', () => {
  test('of keys that say that they hold one, at any depth', () => {
    expect(found(123, 'password')).toBe('a value that is not shown')
    expect(found(undefined, 'token')).toBe('nothing')
    const text = found({ url: 'x', accessToken: 'abc', inner: [{ clientSecret: 'def' }] })
    expect(text).toBe('{"url":"x","accessToken":(not shown),"inner":[{"clientSecret…')
    expect(found([{ apiKey: 'def' }])).toBe('[{"apiKey":(not shown)}]')
  })

  test('in the address of a database', () => {
    expect(found('postgres://ann:hunter2@db.example/x')).toBe('"postgres://…@db.example/x"')
  })
})
