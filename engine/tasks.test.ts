import { describe, expect, it } from 'vitest'
import { createTasks } from './tasks.ts'

describe('the time that a task has left', () => {
  const leftAfter = (seconds: number, pace?: 'even' | 'uneven') => {
    let now = 0
    const tasks = createTasks(() => now)
    const task = tasks.start('work')
    now = seconds * 1000
    task.progress(0.25, undefined, pace)
    return tasks.list()[0]?.secondsLeft
  }

  it('goes on at the pace so far', () => {
    expect(leftAfter(10)).toBe(30)
  })

  it('is not told when it is none to wait for', () => {
    expect(leftAfter(0.1)).toBeNull()
  })

  it('is not told where the parts done say nothing of those to come', () => {
    expect(leftAfter(10, 'uneven')).toBeNull()
  })
})
