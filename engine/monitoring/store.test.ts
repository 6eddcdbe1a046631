// The sums that DuckDB makes are those of shared/drift/merge-windows.ts: a slot, a moment or a replica lost
// in the SQL would show here and nowhere else.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { BaselineColumn } from '../../shared/drift/baseline.ts'
import { mergeCounted, mergeWindows, resample } from '../../shared/drift/merge-windows.ts'
import { randomWindows } from '../../shared/drift/testing/random-windows.ts'
import { openDatabase } from '../data/database.ts'
import { openMonitoringStore } from './store.ts'

const zeros = { n: 0, mean: 0, m2: 0, min: null, max: null }
const numeric: BaselineColumn = {
  layout: { kind: 'numeric', name: 'age', edges: [0, 1, 2, 3, 4] },
  stats: { counts: Array<number>(8).fill(0), ...zeros },
}
const plan: BaselineColumn = {
  layout: { kind: 'categorical', name: 'plan', categories: ['a', 'b'] },
  stats: { counts: Array<number>(5).fill(0), ...zeros },
}
const baseline = {
  version: 1 as const,
  layoutHash: 'layout-1',
  rows: 0,
  features: [numeric, plan],
  heldOutRows: 0,
  outputs: [plan],
}

test('buckets added up in SQL are windows merged in TypeScript', async () => {
  const database = await openDatabase(':memory:', '.')
  const store = await openMonitoringStore(database)
  const period = { deployment: 'd', from: 0, to: Date.UTC(2030, 0, 1) }
  let run = 0
  await fc.assert(
    fc.asyncProperty(
      fc.nat().map(randomWindows),
      fc.constantFrom(60_000, 600_000, 3_600_000),
      async (windows, step) => {
        period.deployment = `d${++run}`
        await store.putWindows(period.deployment, baseline, windows)
        const traffic = await store.traffic(period, step)
        const counted = await store.counted(period, step, { name: 'churn', version: 1 }, 'layout-1')
        const shadowed = await store.counted(
          period,
          step,
          { name: 'churn', version: 1 },
          'layout-1',
          'shadow',
        )
        const versions = await store.versions(period)
        for (const role of ['active', 'canary', 'shadow'] as const) {
          const sum = (of: 'requests' | 'rows') =>
            windows.filter((one) => one.role === role).reduce((total, one) => total + one[of], 0)
          const { requests = 0, rows = 0 } = versions.find((one) => one.role === role) ?? {}
          expect([role, requests, rows]).toEqual([role, sum('requests'), sum('rows')])
        }
        const expected = resample(windows, step).map((group) => mergeWindows(group)!)
        expect(traffic).toHaveLength(expected.length)
        expected.forEach((merged, i) => {
          const { features: _features, outputs: _outputs, layoutHash: _layout, ...rest } = merged
          const { instances, memoryBytes, latencySum, cpuSeconds, ...exact } = rest
          expect(instances.length).toBeGreaterThan(0)
          expect(traffic[i]!.value).toMatchObject(exact)
          expect(traffic[i]!.value.latencySum).toBeCloseTo(latencySum, 6)
          expect(traffic[i]!.value.cpuSeconds).toBeCloseTo(cpuSeconds, 6)
          expect(traffic[i]!.value.memoryBytes).toBeCloseTo(memoryBytes, 0)
        })
        for (const [found, of] of [
          [counted, windows.filter((window) => window.role !== 'shadow')],
          [shadowed, windows.filter((window) => window.role === 'shadow')],
        ] as const) {
          const groups = resample(of, step).map((group) => mergeCounted(group)!)
          expect(found).toHaveLength(groups.length)
          groups.forEach(({ features, outputs, layoutHash }, i) => {
            const live = found[i]!.value
            expect(live.layoutHash).toBe(layoutHash)
            ;[...features, ...outputs].forEach((column, c) => {
              const sums = [...live.features, ...live.outputs][c]!
              expect(sums.counts).toEqual(column.counts)
              expect([sums.n, sums.min, sums.max]).toEqual([column.n, column.min, column.max])
              expect(sums.mean).toBeCloseTo(column.mean, 6)
              expect(sums.m2).toBeCloseTo(column.m2, 4)
            })
          })
        }
      },
    ),
    { numRuns: 25 },
  )
  store.close()
  database.close()
})
