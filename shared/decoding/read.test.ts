/** Whatever zod finds wrong is said as what was expected, what was found and the way out, where it is wrong. */
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { expected } from './expected.ts'
import { pathText } from './path-text.ts'
import { type Problem, read } from './read.ts'

function problems(schema: z.ZodType, value: unknown): readonly Problem[] {
  const reading = read(schema, value)
  return reading.ok ? [] : reading.problems
}

/** Each problem as `path: message`. */
const said = (schema: z.ZodType, value: unknown): string[] =>
  problems(schema, value).map(({ path, message }) => `${pathText(path)}: ${message}`)

test('what fits is handed on with its defaults', () => {
  expect(read(z.strictObject({ a: z.number().default(3) }), {})).toEqual({ ok: true, value: { a: 3 } })
})

const named = z.strictObject({ size: z.number(), shape: z.string() })
const byKind = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('step'), every: z.number() }),
  z.strictObject({ kind: z.literal('cosine') }),
])

describe('every kind of issue has words of its own', () => {
  test.each<[name: string, z.ZodType, unknown, string]>([
    ['a text', z.string(), 3, 'expected a text, found 3'],
    ['a number', z.number(), '3', 'expected a number, found "3"'],
    ['a finite number', z.number(), Number.POSITIVE_INFINITY, 'expected a number, found Infinity'],
    ['a whole number', z.number().int(), 1.5, 'expected a whole number, found 1.5'],
    ['true or false', z.boolean(), 'yes', 'expected true or false, found "yes"'],
    ['a list', z.array(z.number()), { a: 1 }, 'expected a list, found {"a":1}'],
    ['an object', named, null, 'expected an object, found null'],
    ['a record', z.record(z.string(), z.number()), [], 'expected an object, found []'],
    ['null', z.null(), 0, 'expected null, found 0'],
    ['nothing', z.undefined(), 0, 'expected nothing, found 0'],
    ['never', z.never(), 0, 'expected nothing, found 0'],
    ['another type', z.date(), 0, 'expected a value of type date, found 0'],
    ['one literal', z.literal('a'), 'b', 'expected "a", found "b"'],
    ['one of several', z.enum(['a', 'b', 'c']), 4, 'expected "a", "b" or "c", found 4'],
    ['below', z.number().lt(1), 1.5, 'expected a number below 1, found 1.5'],
    ['at most', z.number().max(10_000), 10_001, 'expected a number of at most 10,000, found 10001'],
    ['above', z.number().gt(0), 0, 'expected a number above 0, found 0'],
    ['at least', z.number().min(0.001), -1, 'expected a number of at least 0.001, found -1'],
    ['too large to be whole', z.int(), 1e300, 'of at most 9,007,199,254,740,991, found 1e+300'],
    ['a short text', z.string().max(3), 'abcd', 'expected a text of at most 3 characters, found "abcd"'],
    ['a text at all', z.string().min(1), '', 'expected a text that is not empty, found ""'],
    ['a long list', z.array(z.number()).min(2), [1], 'expected a list of at least 2 entries, found [1]'],
    ['a list with something', z.array(z.number()).min(1), [], 'expected a list that is not empty, found []'],
    ['an exact length', z.array(z.number()).length(1), [], 'expected a list of 1 entry, found []'],
    ['a pair', z.tuple([z.number(), z.number()]), [1], 'a list of at least 2 entries, found [1]'],
    [
      'a set',
      z.set(z.number()).max(1),
      new Set([1, 2]),
      'a list of at most 1 entry, found a value of class Set',
    ],
    ['a pattern', z.string().regex(/^a+$/), 'b', 'expected a text that matches /^a+$/, found "b"'],
    ['a start', z.string().startsWith('a'), 'b', 'expected a text that starts with "a", found "b"'],
    ['an end', z.string().endsWith('a'), 'b', 'expected a text that ends with "a", found "b"'],
    ['a part', z.string().includes('a'), 'b', 'expected a text with "a" in it, found "b"'],
    ['base64', z.base64(), '!', 'expected a text in base64, found "!"'],
    ['another form', z.ipv4(), '!', 'expected a text of the form "ipv4", found "!"'],
    ['a multiple', z.number().multipleOf(5), 7, 'expected a multiple of 5, found 7'],
    ['a refinement without words', z.number().refine(() => false), 7, 'expected another value, found 7'],
    ['one form only', z.xor([z.number(), z.int()]), 7, 'expected a value of one form only, found 7'],
    [
      'a choice without its kind',
      byKind,
      'step',
      'an object whose "kind" is "step" or "cosine", found "step"',
    ],
  ])('%s', (_name, schema, value, message) => {
    const [problem, ...others] = problems(z.strictObject({ key: schema }), { key: value })
    expect(problem?.message).toContain(message)
    expect(problem?.message).toBe(
      `${problem?.expectation}, found ${problem?.message.split(', found ').at(-1)}`,
    )
    expect(pathText(problem?.path ?? [])).toBe('key')
    expect(others).toEqual([])
  })

  test('a key that is missing is to be added', () => {
    const [problem] = problems(z.strictObject({ inner: named }), { inner: { size: 1 } })
    expect(problem).toMatchObject({
      message: 'expected a text, found nothing',
      whatToDo: 'Add "inner.shape".',
    })
  })

  test('a long choice is cut', () => {
    const choice = z.enum(Array.from({ length: 500 }, (_, i) => `c${i}`) as [string])
    expect(said(choice, 'x')[0]).toMatch(/^: expected "c0", .* "c19" or 480 more, found "x"$/)
  })
})

describe('an unknown key', () => {
  test('is named with the keys there are', () => {
    expect(problems(z.strictObject({ inner: named }), { inner: { size: 1, shape: 'x', color: 2 } })).toEqual([
      {
        path: ['inner'],
        expectation: 'unknown key "color"',
        message: 'unknown key "color"',
        whatToDo: 'Remove it. The keys here are "size", "shape".',
        unknownKeys: ['color'],
      },
    ])
  })

  test('that is nearly one that is missing is one mistake', () => {
    const [problem, ...others] = problems(named, { size: 1, shap: 'x' })
    expect(problem).toMatchObject({
      message: 'unknown key "shap"',
      whatToDo: 'Did you mean "shape"? The keys here are "size", "shape".',
    })
    expect(others).toEqual([])
  })

  test('that is nearly one that a check of the object asks for is one mistake', () => {
    const change = z
      .strictObject({ shape: z.string().optional() })
      .refine(({ shape }) => shape !== undefined, { error: expected('"shape"') })
    expect(said(change, {})).toEqual([': expected "shape", found {}'])
    expect(said(change, { shap: 'x' })).toEqual([': unknown key "shap"'])
    expect(said(change, { other: 'x' })).toEqual([': unknown key "other"', ': expected "shape", found {}'])
  })

  test('comes before what is missing, for which it may stand', () => {
    expect(said(z.strictObject({ inner: named }), { inner: { size: 1, outline: 'x' } })).toEqual([
      'inner: unknown key "outline"',
      'inner.shape: expected a text, found nothing',
    ])
  })

  test('is not taken for one that is there', () => {
    expect(problems(named, { size: 1, sizes: 2, shape: 'x' })[0]?.whatToDo).toMatch(/^Remove it\./)
  })

  test('may come with others', () => {
    expect(problems(named, { size: 1, shape: 'x', y: 1, z: 2 })[0]?.whatToDo).toMatch(/^Remove them\./)
    expect(problems(named, { siez: 1, shap: 'x', y: 1 })[0]).toMatchObject({
      message: 'unknown keys "siez", "shap", "y"',
      whatToDo: 'Did you mean "size" for "siez", "shape" for "shap"? The keys here are "size", "shape".',
    })
  })

  test('is one of a record with named keys, too', () => {
    const shares = z.partialRecord(z.enum(['train', 'test']), z.number())
    expect(problems(shares, { tset: 1 })[0]?.whatToDo).toBe(
      'Did you mean "test"? The keys here are "train", "test".',
    )
  })

  test('of an object that takes none, and as long as a file, is cut', () => {
    const [problem] = problems(z.strictObject({}), { ['k'.repeat(10_000)]: 1 })
    expect(problem?.message.length).toBeLessThan(100)
    expect(problem?.whatToDo).toBe('Remove it.')
  })
})

describe('what lies inside is said where it is', () => {
  test('a key of a record that is none, with the words of the schema', () => {
    const record = z.record(
      z.string().regex(/^a/, { error: expected('a key that starts with a') }),
      z.number(),
    )
    expect(problems(z.strictObject({ inner: record }), { inner: { 'b.c': 1 } })).toMatchObject([
      {
        path: ['inner', 'b.c'],
        message: 'expected a key that starts with a, found "b.c"',
        whatToDo: 'Rename that key, or remove it.',
      },
    ])
    expect(said(z.record(z.string().max(1), z.number()), { bc: 1 })).toEqual([
      'bc: expected a text of at most 1 character, found "bc"',
    ])
  })

  test('an element of a map or a set', () => {
    const map = z.map(z.strictObject({}), z.number())
    expect(said(map, new Map([[{}, 'x']]))).toEqual([': expected a number, found "x"'])
    expect(said(map, new Map([[1, 1]]))).toEqual(['[1]: expected an object, found 1'])
    expect(said(z.map(z.object({ a: z.number() }), z.null()), new Map([[{ a: '' }, null]]))).toEqual([
      'a: expected a number, found ""',
    ])
  })

  const bins = z.union([
    z.number().int().min(2),
    z.strictObject({ count: z.number(), by: z.enum(['x', 'y']) }),
  ])

  test.each([
    [{ count: 4, by: 'z' }, ['a.by: expected "x" or "y", found "z"']],
    [
      { count: '4', by: 'z' },
      ['a.count: expected a number, found "4"', 'a.by: expected "x" or "y", found "z"'],
    ],
    [1, ['a: expected a number of at least 2, found 1']],
    [1.5, ['a: expected a whole number or an object, found 1.5']],
    ['x', ['a: expected a number or an object, found "x"']],
    [undefined, ['a: expected a number or an object, found nothing']],
  ])('the option of a union that was meant: %j', (value, messages) => {
    expect(said(z.strictObject({ a: bins }), { a: value })).toEqual(messages)
  })

  test('a union in a union', () => {
    const nested = z.union([z.union([z.string(), z.null()]), z.array(z.union([z.literal(1), z.literal(2)]))])
    expect(said(nested, true)).toEqual([': expected a text, null or a list, found true'])
    expect(said(nested, [1, 3])).toEqual(['[1]: expected 1 or 2, found 3'])
  })

  test('of several objects the one with the fewest problems, else the one that was read deepest', () => {
    const either = z.union([
      z.strictObject({ a: z.number(), b: z.number() }),
      z.strictObject({ c: z.strictObject({ d: z.number() }) }),
    ])
    expect(said(either, { a: 1, b: 'x' })).toEqual(['b: expected a number, found "x"'])
    expect(said(either, { c: { d: 'x' } })).toEqual(['c.d: expected a number, found "x"'])
  })

  test('the kind of an object, with the kinds there are', () => {
    expect(problems(z.array(byKind), [{ kind: 'cosin' }])).toMatchObject([
      {
        path: [0, 'kind'],
        message: 'expected "step" or "cosine", found "cosin"',
        whatToDo: 'Did you mean "cosine"?',
      },
    ])
    expect(said(byKind, { every: 1 })).toEqual(['kind: expected "step" or "cosine", found nothing'])
    expect(said(byKind, { kind: 'step', every: 'x' })).toEqual(['every: expected a number, found "x"'])
  })
})

describe("a schema's own words", () => {
  const own = z.strictObject({
    plain: z.string().min(1, 'needs a name').optional(),
    pair: z
      .array(z.number())
      .superRefine(([a = 0, b = 0], context) => {
        if (a > b)
          context.addIssue({
            code: 'custom',
            message: `${a} is above ${b}`,
            params: { whatToDo: 'Swap them.' },
          })
      })
      .optional(),
    union: z
      .union([z.boolean(), z.array(z.string().min(1))], { error: expected('true or a list of names') })
      .optional(),
  })

  test('stand as they are', () => {
    expect(problems(own, { plain: '' })).toMatchObject([
      {
        path: ['plain'],
        message: 'needs a name',
        expectation: 'needs a name',
        whatToDo: 'Change "plain" and try again.',
      },
    ])
  })

  test('may say what to do', () => {
    expect(problems(own, { pair: [2, 1] })).toMatchObject([
      { message: '2 is above 1', whatToDo: 'Swap them.' },
    ])
  })

  test('get what was found where they only say what they expect', () => {
    expect(problems(own, { union: 'x' })).toMatchObject([
      {
        message: 'expected true or a list of names, found "x"',
        expectation: 'expected true or a list of names',
      },
    ])
    // Also for who does not read through here, such as the contract.
    expect(own.safeParse({ union: 'x' }).error?.issues[0]?.message).toBe(
      'expected true or a list of names, found "x"',
    )
  })

  test('of a union stand back where what is wrong lies inside an option', () => {
    expect(said(own, { union: ['a', ''] })).toEqual(['union[1]: expected a text that is not empty, found ""'])
  })
})

test('a value that is not to be shown is not', () => {
  expect(said(z.strictObject({ password: z.string() }), { password: 1234 })).toEqual([
    'password: expected a text, found a value that is not shown',
  ])
})
