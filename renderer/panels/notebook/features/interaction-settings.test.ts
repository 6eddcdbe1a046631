import { expect, test } from 'vitest'
import { featuresSpecSchema } from '../../../../shared/features/column-spec.ts'
import { interactionProblem, interactionsOf, writeInteractions } from './interaction-settings.ts'

test('pairs are written as the cell takes them, and the key goes with the last one', () => {
  const spec = writeInteractions({ from: 'a' }, [['tenure', 'contract']])
  expect(featuresSpecSchema.parse(spec.features)).toEqual({ interactions: [['tenure', 'contract']] })
  expect(interactionsOf(spec)).toEqual([['tenure', 'contract']])
  expect(writeInteractions(spec, [])).toEqual({ from: 'a' })
  expect(interactionsOf({ features: { interactions: [7, ['x']] } })).toEqual([
    ['', ''],
    ['x', ''],
  ])
})

test('a pair is of two features, and there once', () => {
  const pairs = [
    ['a', 'b'],
    ['a', 'a'],
    ['a', 'x'],
    ['b', 'a'],
    ['a', ''],
  ] as const
  expect(pairs.map((_, i) => interactionProblem(pairs, i, ['a', 'b']))).toEqual([
    null,
    '"a" is paired with itself; choose two columns',
    '"x" is no feature',
    'this pair is there already',
    'choose two columns',
  ])
})
