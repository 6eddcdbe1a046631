import { describe, expect, test } from 'vitest'
import { buildGraph, relationSymbol } from './graph.ts'
import {
  type CellFacts,
  needRun,
  restore,
  type StalenessMessage,
  type StalenessState,
  stateOf,
  transition,
} from './staleness.ts'

const chain = buildGraph(
  [
    { id: 'a', defines: ['a'], uses: [] },
    { id: 'b', defines: ['b'], uses: ['a'] },
    { id: 'c', defines: ['c'], uses: ['b'] },
    { id: 'x', defines: ['x'], uses: [] },
  ].map(({ id, defines, uses }) => ({
    id,
    kind: 'sql' as const,
    title: id,
    defines: defines.map(relationSymbol),
    uses: uses.map(relationSymbol),
  })),
)
const enabled: CellFacts = { disabled: false, markdown: false }
const facts = new Map(chain.order.map((id) => [id, enabled]))
const fresh = restore(chain, facts, new Map())
const all = new Map(
  chain.order.map((id) => [id, { status: 'done' as const, ms: 1, reason: '', current: true }]),
)
const done = restore(chain, facts, all)

const advance = (state: StalenessState, ...messages: StalenessMessage[]) => messages.reduce(transition, state)
const statuses = (state: StalenessState) =>
  Object.fromEntries(['a', 'b', 'c', 'x'].map((id) => [id, stateOf(state, id).status]))
const edit = (
  changed: string[],
  current: string[] = [],
  newFacts: ReadonlyMap<string, CellFacts> = facts,
): StalenessMessage => ({
  type: 'edited',
  graph: chain,
  facts: newFacts,
  changed,
  current: new Set(current),
})

describe('lazy mode', () => {
  test('an edit marks the cell and everything downstream stale', () => {
    expect(statuses(advance(done, edit(['b'])))).toEqual({ a: 'done', b: 'stale', c: 'stale', x: 'done' })
  })
  test('undoing the edit makes them done again', () => {
    const state = advance(done, edit(['b']), edit(['b'], ['a', 'b', 'c', 'x']))
    expect(statuses(state)).toEqual({ a: 'done', b: 'done', c: 'done', x: 'done' })
  })
  test('undoing an edit does not excuse an input that ran again', () => {
    const state = advance(
      done,
      { type: 'finished', id: 'a', ms: 1 },
      edit(['c']),
      edit(['c'], ['a', 'b', 'c', 'x']),
    )
    expect(statuses(state)).toEqual({ a: 'done', b: 'stale', c: 'stale', x: 'done' })
  })
  test('a cell that never ran stays idle when it is edited', () => {
    expect(statuses(advance(fresh, edit(['a'])))).toEqual({ a: 'idle', b: 'idle', c: 'idle', x: 'idle' })
  })
  test('a cell that ran again marks those behind it stale, but not what is queued', () => {
    const state = advance(
      done,
      { type: 'queued', ids: ['a', 'b'] },
      { type: 'started', id: 'a' },
      { type: 'finished', id: 'a', ms: 5 },
    )
    expect(statuses(state)).toEqual({ a: 'done', b: 'queued', c: 'stale', x: 'done' })
    expect(stateOf(state, 'a').ms).toBe(5)
  })
  test('run stale takes what never ran, is stale or failed, in order', () => {
    const state = advance(done, edit(['b']), { type: 'failed', id: 'x', ms: 1, reason: 'no' })
    expect(needRun(state)).toEqual(['b', 'c', 'x'])
  })
})

test('a cancelled run goes back to what was before', () => {
  const stale = advance(done, edit(['b']))
  const state = advance(
    stale,
    { type: 'queued', ids: ['b', 'c'] },
    { type: 'started', id: 'b' },
    { type: 'cancelled' },
  )
  expect(state.cells).toEqual(stale.cells)
})

test('a cell that was stopped while it ran says so, those behind it do not', () => {
  const run = [
    { type: 'queued', ids: ['b', 'c'] },
    { type: 'started', id: 'b' },
    { type: 'cancelled' },
  ] as const
  const again = advance(done, ...run)
  expect(stateOf(again, 'b')).toEqual({
    ...stateOf(done, 'b'),
    reason: 'Its last run was stopped; this is the result before it.',
  })
  expect(again.cells.get('c')).toEqual(done.cells.get('c'))
  const first = advance(advance(done, { type: 'cleared' }), ...run)
  expect(stateOf(first, 'b')).toEqual({ status: 'idle', ms: null, reason: 'Stopped before it had a result.' })
  expect(stateOf(first, 'c').reason).toBe('')
})

test('a failure carries its reason', () => {
  const state = advance(
    done,
    { type: 'started', id: 'a' },
    { type: 'failed', id: 'a', ms: 3, reason: 'No such table.' },
  )
  expect(stateOf(state, 'a')).toEqual({ status: 'failed', ms: 3, reason: 'No such table.' })
  expect(statuses(state)).toEqual({ a: 'failed', b: 'stale', c: 'stale', x: 'done' })
})

test('values lost from the session make their cells and readers stale', () => {
  const state = advance(done, { type: 'lost', ids: ['b'], reason: 'gone' })
  expect(statuses(state)).toEqual({ a: 'done', b: 'stale', c: 'stale', x: 'done' })
  expect(stateOf(state, 'b').reason).toBe('gone')
})

test('disabling a cell shows it disabled and makes its readers stale; enabling brings the result back', () => {
  const off = new Map(facts).set('a', { disabled: true, markdown: false })
  const state = advance(done, edit(['a'], [], off))
  expect(statuses(state)).toEqual({ a: 'disabled', b: 'stale', c: 'stale', x: 'done' })
  expect(statuses(advance(state, edit(['a'], ['a', 'b', 'c', 'x'])))).toEqual({
    a: 'done',
    b: 'done',
    c: 'done',
    x: 'done',
  })
})

test('markdown is always done', () => {
  const markdown = new Map(facts).set('x', { disabled: false, markdown: true })
  expect(stateOf(advance(fresh, edit(['x'], [], markdown)), 'x').status).toBe('done')
})

test('opening shows earlier results, stale where the code differs', () => {
  const stored = new Map([...all, ['c', { status: 'done' as const, ms: 1, reason: '', current: false }]])
  expect(statuses(restore(chain, facts, stored))).toEqual({ a: 'done', b: 'done', c: 'stale', x: 'done' })
})

test('clearing forgets all', () => {
  expect(statuses(advance(done, { type: 'cleared' }))).toEqual({ a: 'idle', b: 'idle', c: 'idle', x: 'idle' })
})
