import { expect, it } from 'vitest'
import { describeKeys } from './commands.ts'

it('names shortcuts as the platform does', () => {
  expect(describeKeys('mod+K', false)).toBe('Ctrl+K')
  expect(describeKeys('mod+shift+Enter', false)).toBe('Ctrl+Shift+Enter')
  expect(describeKeys('mod+shift+Enter', true)).toBe('⇧⌘↵')
  expect(describeKeys('mod+alt+1', true)).toBe('⌥⌘1')
})
