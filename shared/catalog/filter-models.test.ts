import { expect, test } from 'vitest'
import { filterModels, type ModelFilter, noFilter, parseMetricLimit, sortModels } from './filter-models.ts'
import { modelSummary } from './testing/model-summary.ts'

const models = [
  modelSummary('churn', 2, { aliases: ['champion'], tags: ['gdpr', 'eu'], metrics: { auc: 0.9 } }),
  modelSummary('churn', 1, { created: '2025-01-01T00:00:00Z', columns: ['Contract'], stale: 'x' }),
  modelSummary('price', 1, {
    task: 'regression',
    useCaseType: 'regression',
    kind: 'gbdt',
    author: 'bob@lab',
    metrics: { rmse: 12 },
    tags: ['eu'],
  }),
]
const found = (filter: Partial<ModelFilter>) =>
  filterModels(models, { ...noFilter, ...filter }).map(({ name, version }) => `${name}:${version}`)

test('words are found in names, tags, columns, metrics, authors and aliases, in any order and case', () => {
  expect(found({ text: 'CHURN champion' })).toEqual(['churn:2'])
  expect(found({ text: 'gdpr' })).toEqual(['churn:2'])
  expect(found({ text: 'contract' })).toEqual(['churn:1'])
  expect(found({ text: 'rmse' })).toEqual(['price:1'])
  expect(found({ text: 'bob' })).toEqual(['price:1'])
  expect(found({ text: 'contract bob' })).toEqual([])
})

test('a kind is found by its key and by what the list calls it', () => {
  expect(found({ text: 'gbdt' })).toEqual(['price:1'])
  expect(found({ text: 'boosted trees' })).toEqual(['price:1'])
})

test('tags, taxonomy and a metric limit each keep what fits', () => {
  expect(found({ tags: ['eu'] })).toEqual(['churn:2', 'price:1'])
  expect(found({ tags: ['eu', 'gdpr'] })).toEqual(['churn:2'])
  expect(found({ taxonomy: 'binary_classification' })).toEqual(['churn:2', 'churn:1'])
  expect(found({ taxonomy: 'GBDT' })).toEqual(['price:1'])
  expect(found({ metric: { key: 'auc', operator: '>=', value: 0.85 } })).toEqual(['churn:2'])
  expect(found({ metric: { key: 'rmse', operator: '<', value: 12 } })).toEqual([])
  expect(found({ stale: true })).toEqual(['churn:1'])
})

test('a metric limit is read as it is written', () => {
  expect(parseMetricLimit('AUC >= 0.85')).toEqual({ key: 'auc', operator: '>=', value: 0.85 })
  expect(parseMetricLimit('rmse<1e3')).toEqual({ key: 'rmse', operator: '<', value: 1000 })
  expect(parseMetricLimit('beauty > 1')).toBeNull()
  expect(parseMetricLimit('auc = 1')).toBeNull()
})

test('sorts by name, age, author and by how good they are', () => {
  const sorted = (order: Parameters<typeof sortModels>[1]) =>
    sortModels(models.toReversed(), order).map(({ name, version }) => `${name}:${version}`)
  expect(sorted('name')).toEqual(['churn:2', 'churn:1', 'price:1'])
  expect(sorted('oldest')[0]).toBe('churn:1')
  expect(sorted('metric').slice(0, 2)).toEqual(['churn:2', 'churn:1'])
  expect(sorted('author').at(-1)).toBe('price:1')
})
