/** Catches data that trains but cannot be packaged, because some form of rows has no way to say its values. */
import { afterEach, describe, expect, it } from 'vitest'
import { openTrainingBench } from '../training/testing/training-bench.ts'
import { type SampleWorkspace, sampleWorkspace } from './testing/sample-workspace.ts'

let workspace: SampleWorkspace
afterEach(() => workspace.remove())

/** Trains on what `select` gives for `i`, a number of a row, and packages the version. */
async function packaged(select: string, spec: object = {}) {
  workspace = await sampleWorkspace()
  const bench = await openTrainingBench()
  try {
    await bench.sql(`create table odd as select ${select}, (i * i) % 7 < 3 as y from range(400) t(i)`)
    const trained = await bench.train({
      from: 'odd',
      target: 'y',
      split: { test: 0.25 },
      register: 'odd',
      ...spec,
    })
    await workspace.catalog.register(trained)
    const { checks } = await workspace.bundles.package({ name: 'odd', version: 1 }, {}, () => {})
    return {
      failed: checks.filter(({ status }) => status === 'failed'),
      detail: (name: string) => checks.find((check) => check.name === name)?.detail,
      status: (name: string) => checks.find((check) => check.name === name)?.status,
    }
  } finally {
    await bench.close()
  }
}

describe('a version is packaged', () => {
  it('whose texts may be empty, where an empty cell of CSV is missing', async () => {
    const { failed, detail } = await packaged(
      `case i % 4 when 0 then '' when 1 then null when 2 then 'a' else 'b' end as c, i::double as x`,
    )
    expect(failed).toEqual([])
    const left = /; \d+ with an empty text left out of CSV, where it would be missing/
    expect(detail('Recorded rows as CSV')).toMatch(left)
    expect(detail('Recorded rows through files')).toMatch(left)
  }, 60_000)

  it('whose rows all hold an empty text, with CSV not tested', async () => {
    const { failed, status } = await packaged(`if(i % 3 = 0, 'b', 'a') as c, '' as d`)
    expect(failed).toEqual([])
    expect(status('Recorded rows as CSV')).toBe('not-tested')
  }, 60_000)

  it('whose categories hold U+0000, at which SQL ends, few of them or many', async () => {
    const { failed } = await packaged(
      `chr(0) || (i % 3) as few, 'a' || chr(0) || (i % 50) as many, if(i % 2 = 0, 'it''s', chr(0)) as quoted`,
    )
    expect(failed).toEqual([])
  }, 60_000)

  it('whose numbers lie so close together that one far away has no scaled value', async () => {
    const { failed } = await packaged(`1e-300 * (i % 10) as tiny, 1e-12 * (i % 7) as farads`, {
      features: { columns: { tiny: { scale: 'minmax' } } },
    })
    expect(failed).toEqual([])
  }, 60_000)

  it('whose only feature may be missing, which is a line of one empty cell', async () => {
    const { failed, detail } = await packaged('if(i % 3 = 0, null, i::double) as x')
    expect(failed).toEqual([])
    expect(detail('Recorded rows as CSV')).toContain('/predict: 101 rows, largest difference 0')
  }, 60_000)
})
