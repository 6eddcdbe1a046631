import { describe, expect, it } from 'vitest'
import { modelSummary } from '../../../../shared/catalog/testing/model-summary.ts'
import type { ModelSummary } from '../../../../shared/contract/models.ts'
import { compareMetrics } from './compare-metrics.ts'

function version(number: number, metrics: ModelSummary['metrics']): ModelSummary {
  return modelSummary('churn', number, { metrics })
}

const versions = [
  version(3, { auc: 0.9, logLoss: 0.5 }),
  version(1, { auc: 0.8 }),
  version(2, { auc: 0.85, logLoss: 0.4 }),
]

describe('metrics against earlier versions', () => {
  it('compares with the version before it, and knows that a loss should fall', () => {
    const rows = compareMetrics(versions, 3)
    expect(rows.map((row) => [row.key, row.verdict])).toEqual([
      ['auc', 'better'],
      ['logLoss', 'worse'],
    ])
    expect(rows[0]!.change).toBeCloseTo(0.05)
  })

  it('has nothing to compare the first version with', () => {
    expect(compareMetrics(versions, 1)).toMatchObject([{ key: 'auc', change: null, verdict: 'same' }])
  })

  it('lists the history oldest first, skipping versions without the metric', () => {
    expect(compareMetrics(versions, 3)[1]!.history).toEqual([
      { version: 2, value: 0.4 },
      { version: 3, value: 0.5 },
    ])
  })
})
