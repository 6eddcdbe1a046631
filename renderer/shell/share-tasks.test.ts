import { expect, test } from 'vitest'
import type { Task } from '../../shared/contract/tasks.ts'
import { shareTasks } from './share-tasks.ts'

const task = (id: string): Task => ({ id, title: id, fraction: null, secondsLeft: null, stoppable: true })

test('two tasks stand in the bar, all that started after them in the list, and none is left out', () => {
  const tasks = ['slices', 'importance', 'dependence', 'row', 'values'].map(task)
  const { shown, more } = shareTasks(tasks)
  expect(shown.map(({ id }) => id)).toEqual(['slices', 'importance'])
  expect([...shown, ...more]).toEqual(tasks)
})

test('where two run, there is no list', () => {
  expect(shareTasks([task('slices'), task('importance')]).more).toEqual([])
})
