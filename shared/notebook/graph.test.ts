import fc from 'fast-check'
import { expect, test } from 'vitest'
import { buildGraph, type CellNames, type CellSymbol, reach, relationSymbol } from './graph.ts'
import type { CellKind } from './notebook.ts'

function names(id: string, defines: string[], uses: string[], kind: CellKind = 'sql'): CellNames {
  return { id, kind, title: `"${id}"`, defines: defines.map(relationSymbol), uses: uses.map(relationSymbol) }
}

test('a cell comes after what it needs; the others keep document order', () => {
  const graph = buildGraph([
    names('c', [], ['b']),
    names('x', [], []),
    names('b', ['b'], ['a']),
    names('a', ['a'], []),
  ])
  expect(graph.order).toEqual(['x', 'a', 'b', 'c'])
  expect(graph.upstream.get('c')).toEqual(['b'])
  expect(graph.downstream.get('a')).toEqual(['b'])
  expect(graph.problems.size).toBe(0)
})

test('names are compared as DuckDB compares them', () => {
  const graph = buildGraph([names('a', ['Features'], []), names('b', [], ['main.features'])])
  expect(graph.upstream.get('b')).toEqual(['a'])
})

test('two cells that define one name are both in error', () => {
  const { problems } = buildGraph([names('a', ['t'], []), names('b', ['t'], []), names('c', [], ['t'])])
  expect(problems.get('a')).toBe('"t" is also defined by "b". Rename one of them.')
  expect(problems.get('b')).toBe('"t" is already defined by "a". Rename one of them.')
  expect(problems.has('c')).toBe(false)
  const alike = buildGraph([names('t', ['t'], []), { ...names('t', ['t'], []), id: 'second' }]).problems
  expect(alike.get('t')).toBe('"t" is also defined by another cell. Rename one of them.')
  expect(alike.get('second')).toBe('"t" is already defined by another cell. Rename one of them.')
})

test('a relation and an exported value may share a word', () => {
  const value: CellNames = { ...names('b', [], []), kind: 'typescript', defines: ['value:t' as CellSymbol] }
  expect(buildGraph([names('a', ['t'], []), value]).problems.size).toBe(0)
})

test('every cell of a circle says who it needs; cells behind it do not', () => {
  const { problems, order } = buildGraph([
    names('a', ['a'], ['b']),
    names('b', ['b'], ['a']),
    names('c', [], ['b']),
  ])
  expect(problems.get('a')).toContain('"b" need each other')
  expect(problems.get('b')).toContain('"a" need each other')
  expect(problems.has('c')).toBe(false)
  expect(order).toEqual(['a', 'b', 'c'])
})

test('a cell that reads what it defines itself is in error', () => {
  expect(buildGraph([names('a', ['a'], ['a'])]).problems.get('a')).toContain('reads what it defines itself')
})

test('a check stands before those who read its relation, but not before those who make it', () => {
  const graph = buildGraph([
    names('a', ['a'], []),
    names('b', ['b'], ['a']),
    names('k', [], ['b', 'a'], 'check'),
    names('c', [], ['b']),
  ])
  expect(graph.upstream.get('c')).toEqual(['b', 'k'])
  expect(graph.upstream.get('b')).toEqual(['a'])
  expect(graph.problems.size).toBe(0)
})

const word = fc.constantFrom('a', 'b', 'c', 'd', 'e')
const cells = fc
  .array(
    fc.tuple(
      fc.array(word, { maxLength: 2 }),
      fc.array(word, { maxLength: 3 }),
      fc.constantFrom('sql' as const, 'check' as const),
    ),
    { maxLength: 8 },
  )
  .map((list) =>
    list.map(([defines, uses, kind], index) =>
      names(`c${index}`, kind === 'check' ? [] : defines, uses, kind),
    ),
  )

/** Catches an order that loses cells, or that runs a cell before what it needs though no circle forces it to. */
test('whatever the names, every cell is ordered once, after its needs unless a circle is reported', () => {
  fc.assert(
    fc.property(cells, (list) => {
      const graph = buildGraph(list)
      expect([...graph.order].sort()).toEqual(list.map(({ id }) => id).sort())
      for (const [index, id] of graph.order.entries()) {
        for (const up of graph.upstream.get(id) ?? []) {
          const circle = reach(graph.downstream, [id]).has(up)
          if (circle) expect(graph.problems.has(id)).toBe(true)
          else expect(graph.order.indexOf(up)).toBeLessThan(index)
        }
      }
    }),
  )
})
