import { expect, test } from 'vitest'
import { frameState, showSide, toggleSide } from './frame-state.ts'

test('the list that was folded away comes back, not another', () => {
  showSide('data')
  toggleSide()
  expect(frameState.getState().side).toBeNull()
  toggleSide()
  expect(frameState.getState().side).toBe('data')
})
