import { expect, test } from 'vitest'
import { noFilter } from '../../../../shared/catalog/filter-models.ts'
import { modelSummary } from '../../../../shared/catalog/testing/model-summary.ts'
import { groupModels } from './group-models.ts'

const catalog = [
  modelSummary('price', 1, { task: 'regression', kind: 'linear', metrics: { rmse: 2 } }),
  modelSummary('churn', 1, { metrics: { auc: 0.9 } }),
  modelSummary('churn', 3),
  modelSummary('churn', 2, { kind: 'mlp' }),
]

test('groups versions by model, newest first', () => {
  const groups = groupModels(catalog, noFilter, 'name')
  expect(groups.map((group) => [group.name, group.versions.map((v) => v.version)])).toEqual([
    ['churn', [3, 2, 1]],
    ['price', [1]],
  ])
})

test('the best version comes first where the metric sorts', () => {
  const [churn] = groupModels(catalog, { ...noFilter, text: 'churn' }, 'metric')
  expect(churn?.versions[0]?.version).toBe(1)
})
