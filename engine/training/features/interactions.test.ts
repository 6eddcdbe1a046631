/** Which pairs of columns can be multiplied, and what a pipeline may be wide. */
import { expect, test } from 'vitest'
import { assemblePipeline } from '../../../shared/features/assemble-pipeline.ts'
import type { Encoder } from '../../../shared/features/pipeline.ts'
import { checkWidth } from './check-width.ts'
import { interactionsOf } from './interactions.ts'

const bool = (name: string): Encoder => ({ kind: 'boolean', name, fill: 0 })
const hashed = (name: string, width: number): Encoder => ({ kind: 'hashing', name, width, categories: [] })
const encoders: Encoder[] = [
  bool('a'),
  bool('b'),
  bool('c'),
  { kind: 'codes', name: 'native', categories: ['x'] },
  hashed('wide', 64),
  hashed('wider', 65),
]

test('pairs become places, in their order', () => {
  const pairs = [
    ['b', 'a'],
    ['a', 'c'],
    ['wide', 'b'],
  ] as const
  expect(interactionsOf(pairs, encoders)).toEqual([
    [1, 0],
    [0, 2],
    [4, 1],
  ])
})

test.each([
  ['an unknown column', [['a', 'd']], /interactions\[0\]: "d" is no feature/, /features are a, b, c/, 0],
  ['a column with itself', [['a', 'a']], /"a" is paired with itself/, /two columns/, 0],
  ['native categories', [['a', 'native']], /"native" is encoded as native categories/, /onehot/, 0],
  [
    'more than 4,096 products',
    [['wide', 'wider']],
    /64 and 65 inputs, .* 4,160; at most 4,096/,
    /minFrequency/,
    0,
  ],
  [
    'a pair twice',
    [
      ['a', 'b'],
      ['b', 'c'],
      ['a', 'b'],
    ],
    /"a" and "b" are features.interactions\[0\] already/,
    /Leave/,
    2,
  ],
  [
    'a pair mirrored',
    [
      ['a', 'b'],
      ['b', 'a'],
    ],
    /"b" and "a" are features.interactions\[0\] already/,
    /Leave/,
    1,
  ],
] as [string, [string, string][], RegExp, RegExp, number][])(
  '%s is refused',
  (_, pairs, message, way, at) => {
    expect(() => interactionsOf(pairs, encoders)).toThrow(
      expect.objectContaining({
        path: `features.interactions[${at}]`,
        message: expect.stringMatching(message),
        whatToDo: expect.stringMatching(way),
      }),
    )
  },
)

test('a pair of just 4,096 products is taken', () => {
  expect(interactionsOf([['wide', 'more']], [...encoders, hashed('more', 64)])).toEqual([[4, 6]])
})

test('too many inputs are refused, for any rows or for so many, with the columns that make most of them', () => {
  const pipeline = (...widths: number[]) => assemblePipeline(widths.map((width, i) => hashed(`h${i}`, width)))
  expect(() => checkWidth(pipeline(16_000, 84_000), 10)).not.toThrow()
  expect(() => checkWidth(pipeline(16_000, 84_001, 5), 10)).toThrow(
    expect.objectContaining({
      path: 'features',
      message: expect.stringMatching(
        /100,006 model inputs for 10 rows.*"h1" \(84,001\), "h0" \(16,000\), "h2"/,
      ),
      whatToDo: expect.stringMatching(/hashing/),
    }),
  )
  expect(() => checkWidth(pipeline(1_000), 20_000_000)).not.toThrow()
  expect(() => checkWidth(pipeline(1_000), 20_000_001)).toThrow(/1,000 model inputs for 20,000,001 rows/)
})
