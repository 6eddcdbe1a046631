import { describe, expect, it } from 'vitest'
import type { ModelSummary } from '../../../shared/contract/models.ts'
import { groupModels } from './group-models.ts'

function version(name: string, number: number, more: Partial<ModelSummary> = {}): ModelSummary {
  return {
    name,
    version: number,
    task: 'binary',
    kind: 'logistic',
    created: '2026-01-01T00:00:00Z',
    aliases: [],
    metrics: { auc: 0.8 },
    stale: null,
    ...more,
  }
}

const catalog = [
  version('price', 1, { task: 'regression', kind: 'linear' }),
  version('churn', 1, { aliases: ['champion'] }),
  version('churn', 3),
  version('churn', 2, { kind: 'mlp' }),
]

describe('the list of models', () => {
  it('groups versions by model, newest first', () => {
    const groups = groupModels(catalog, { text: '', task: null })
    expect(groups.map((group) => [group.name, group.versions.map((v) => v.version)])).toEqual([
      ['churn', [3, 2, 1]],
      ['price', [1]],
    ])
  })

  it('finds by words in any order: name, alias, kind or version', () => {
    const found = (text: string) =>
      groupModels(catalog, { text, task: null }).flatMap((g) =>
        g.versions.map((v) => `${v.name}:${v.version}`),
      )
    expect(found('CHAMPION churn')).toEqual(['churn:1'])
    expect(found('mlp')).toEqual(['churn:2'])
    expect(found('v3')).toEqual(['churn:3'])
    expect(found('price champion')).toEqual([])
  })

  it('keeps one task when asked to', () => {
    expect(groupModels(catalog, { text: '', task: 'regression' }).map((g) => g.name)).toEqual(['price'])
  })
})
