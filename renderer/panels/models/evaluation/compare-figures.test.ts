import { expect, test } from 'vitest'
import { regressionReport } from '../../../../shared/evaluation/regression-report.ts'
import { tokens } from '../../../theme.ts'
import { cumulativeShares, regressionCurves } from './compare-figures.ts'

test('shares of a histogram count the rows beyond its ends too', () => {
  const edges = [0, 1, 2, 3]
  expect(cumulativeShares({ edges, counts: [[1, 2, 1]], below: 0, above: 0 })).toEqual([0, 0.25, 0.75, 1])
  expect(cumulativeShares({ edges, counts: [[1, 2, 1]], below: 3, above: 1 })).toEqual([
    0.375, 0.5, 0.75, 0.875,
  ])
  expect(cumulativeShares({ edges, counts: [[0, 0, 0]], below: 0, above: 0 })).toEqual([0, 0, 0, 0])
})

test('every picture of regressions has one line per version, under its name', () => {
  const actual = Float64Array.from({ length: 40 }, (_, r) => r)
  const names = ['flat v1', 'exact v2']
  const reports = [actual.map(() => 20), actual].map((predicted) => regressionReport(actual, predicted))
  const versions = names.map((name, i) => ({ name, report: reports[i]! }))
  for (const [title, { data }] of regressionCurves(versions, tokens.light)) {
    const lines = data as { name?: string; showlegend?: boolean }[]
    expect(
      lines.filter((line) => line.showlegend !== false).map((line) => line.name),
      title,
    ).toEqual(names)
  }
})
