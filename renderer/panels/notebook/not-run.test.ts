import { expect, test } from 'vitest'
import type { CellState } from '../../../shared/notebook/cell-state.ts'
import { notRun, whyNotRun } from './not-run.ts'

const state = (status: CellState['status'], ms: number | null, reason: string): CellState => ({
  status,
  ms,
  reason,
})
const why = (of: CellState) => whyNotRun(of.status, of)

test('a cell that waited for a failed one was not run, and says so', () => {
  const waited = state('failed', null, 'Not run, because "people" failed.')
  expect(notRun(waited)).toBe(true)
  expect(why(waited)).toBe('Not run, because "people" failed.')
})

test('a cell that failed by itself says it by its error', () => {
  const failed = state('failed', 12, 'Parser Error: syntax error')
  expect(notRun(failed)).toBe(false)
  expect(why(failed)).toBe('')
})

test('a cell that was skipped says what it needs; a stale or disabled one has a badge', () => {
  expect(why(state('idle', null, 'Not run: it needs "a", which is disabled.'))).toContain('which is disabled')
  expect(why(state('stale', 5, 'Its code changed.'))).toBe('')
  expect(whyNotRun('disabled', state('idle', null, 'Not run: it needs "a".'))).toBe('')
})
