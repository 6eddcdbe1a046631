import { expect, test } from 'vitest'
import { studentCdf, studentQuantile } from './student-quantile.ts'

// scipy.stats.t.ppf and cdf
test.each([
  [0.975, 1, 12.706204736174694],
  [0.975, 4, 2.7764451051977934],
  [0.975, 9, 2.262157162798205],
  [0.95, 2, 2.919985580353724],
  [0.999, 30, 3.3851848668293045],
  [0.975, 500, 1.9647198374673676],
  [0.025, 4, -2.7764451051977934],
])('the %f quantile at %d degrees of freedom is that of SciPy', (p, degrees, expected) => {
  expect(studentQuantile(p, degrees)).toBeCloseTo(expected, 8)
  expect(studentCdf(expected, degrees)).toBeCloseTo(p, 10)
})
