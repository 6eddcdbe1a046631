import { expect, test } from 'vitest'
import { everyModel, isFiltered, searchOnly, withMetric } from './list-filter.ts'

const searched = { ...everyModel, filter: { ...everyModel.filter, text: 'churn', tags: ['eu'] } }

test('a metric limit filters once it can be read, and stays as it is typed', () => {
  expect(withMetric(searched, 'auc >')).toEqual({ ...searched, metric: 'auc >' })
  const typed = withMetric(searched, 'auc > 0.8')
  expect(typed.filter.metric).toEqual({ key: 'auc', operator: '>', value: 0.8 })
  expect(withMetric(typed, '').filter.metric).toBeNull()
})

test('clearing the filters empties the metric box too, and keeps the words', () => {
  const cleared = searchOnly(withMetric(searched, 'auc > 0.8'))
  expect(cleared).toEqual({ filter: { ...everyModel.filter, text: 'churn' }, metric: '' })
  expect(isFiltered(cleared)).toBe(false)
  expect(isFiltered(searched)).toBe(true)
  expect(isFiltered(withMetric(everyModel, 'au'))).toBe(true)
})
