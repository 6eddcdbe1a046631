import { chiSquareSurvival } from './chi-square.ts'
import { total } from './compare-counts.ts'

export interface Homogeneity {
  statistic: number
  df: number
  pValue: number
}

/** Smallest expected count at which the χ² approximation of a cell is trusted (Cochran's rule). */
const smallestExpected = 5

/**
 * χ² test that baseline and window come from one distribution: a 2 × B contingency table in which neighbouring
 * slots are pooled until each expects at least 5 rows on both sides. It is the test for small windows.
 * It is not a goodness-of-fit against the scaled baseline, which takes the baseline's own noise for drift.
 */
export function homogeneity(baseline: readonly number[], live: readonly number[]): Homogeneity {
  const m = total(baseline)
  const n = total(live)
  const none = { statistic: 0, df: 0, pValue: 1 }
  if (m === 0 || n === 0) return none
  const needed = (smallestExpected * (m + n)) / Math.min(m, n)
  const groups: { baseline: number; live: number }[] = []
  let open = { baseline: 0, live: 0 }
  for (let i = 0; i < baseline.length; i++) {
    open.baseline += baseline[i]!
    open.live += live[i]!
    if (open.baseline + open.live >= needed) {
      groups.push(open)
      open = { baseline: 0, live: 0 }
    }
  }
  const last = groups.at(-1)
  if (last === undefined) return none
  last.baseline += open.baseline
  last.live += open.live
  if (groups.length < 2) return none
  let statistic = 0
  for (const group of groups) {
    const both = group.baseline + group.live
    const expectedBaseline = (both * m) / (m + n)
    const expectedLive = (both * n) / (m + n)
    statistic += (group.baseline - expectedBaseline) ** 2 / expectedBaseline
    statistic += (group.live - expectedLive) ** 2 / expectedLive
  }
  const df = groups.length - 1
  return { statistic, df, pValue: chiSquareSurvival(statistic, df) }
}
