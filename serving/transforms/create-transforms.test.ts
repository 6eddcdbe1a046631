/** The chain in the bundle gives what the relation in the notebook holds, however rows come together. */
import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import { join } from 'node:path'
import * as duckdb from '@duckdb/node-api'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { missingCode, unseenCode } from '../../shared/features/batch.ts'
import type { Pipeline } from '../../shared/features/pipeline.ts'
import type { Signature } from '../../shared/signature/signature.ts'
import { openChainRunner } from '../../shared/transforms/chain-runner.ts'
import type { TransformPlan } from '../../shared/transforms/transform-plan.ts'
import { compileStaging } from './compile-staging.ts'
import { createTransforms, type Transforms } from './create-transforms.ts'

const plan: TransformPlan = {
  version: 1,
  servingInput: 'raw',
  inputs: [
    { name: 'amount', type: 'DOUBLE', carried: 'numeric', asked: true },
    { name: 'label', type: 'BOOLEAN', carried: 'boolean', asked: false },
    { name: 'months', type: 'INTEGER', carried: 'numeric', asked: true },
    { name: 'kind', type: 'VARCHAR', carried: 'categorical', asked: true },
  ],
  relations: [
    { relation: 'step', cell: '"step"', file: 'a.sql' },
    { relation: 'features', cell: '"features"', file: 'b.sql' },
  ],
  lookups: [{ relation: 'rates', file: 'rates.parquet', rows: 2, bytes: 1 }],
  outputs: [
    { name: 'ratio', sql: 'f."ratio"::double', carried: 'numeric' },
    { name: 'rate', sql: 'f."rate"::double', carried: 'numeric' },
    { name: 'kind', sql: 'f."kind"::varchar', carried: 'categorical' },
  ],
}
const sql = {
  step: 'select *, amount / nullif(months, 0) as ratio, months // 3 as part from raw where months <> 13',
  features: `select label, ratio - 0.1 as ratio, rate * part as rate, case when kind = '' then null else upper(kind) end as kind
    from step left join rates using (kind)`,
}
const numeric = { kind: 'numeric', impute: 'mean', fill: 0, scale: 'none', center: 0, factor: 1 } as const
const categories = ['A', 'B', '\u00c9']
const pipeline: Pipeline = {
  version: 1,
  columns: [
    { ...numeric, name: 'ratio' },
    { ...numeric, name: 'rate' },
    { kind: 'onehot', name: 'kind', categories, missingInput: true },
  ],
  width: 6,
  inputs: [],
}
const column = { required: false, missing: true }
const signature: Signature = {
  version: 1,
  task: 'regression',
  inputs: [
    { ...column, name: 'amount', type: 'numeric', sourceType: 'DOUBLE' },
    { ...column, name: 'months', type: 'numeric', sourceType: 'INTEGER' },
    { ...column, name: 'kind', type: 'categorical', sourceType: 'VARCHAR' },
  ],
  target: { name: 'y', sourceType: 'DOUBLE' },
}

let folder: string
let notebook: Awaited<ReturnType<duckdb.DuckDBInstance['connect']>>
let transforms: Transforms

beforeAll(async () => {
  folder = await mkdtemp(join(os.tmpdir(), 'slipway-chain-'))
  notebook = await (await duckdb.DuckDBInstance.create(':memory:')).connect()
  const path = join(folder, 'rates.parquet')
  await notebook.run(
    `create table rates as select * from (values ('a', 1.1::double), ('b', 0.3)) t(kind, rate)`,
  )
  await notebook.run(`copy rates to '${path}' (format parquet)`)
  await notebook.run(
    'create table raw (i integer, amount double, label boolean, months integer, kind varchar)',
  )
  await notebook.run(`create view step as ${sql.step}`)
  // The notebook's own view, with the number of the row carried through by `select *` alone.
  await notebook.run(`create view features as ${sql.features.replace('label,', 'i, label,')}`)
  const relations = [
    { relation: 'step', sql: sql.step },
    { relation: 'features', sql: sql.features },
  ]
  const chain = { servingInput: 'raw', inputs: plan.inputs, relations }
  const runner = await openChainRunner(duckdb, plan, chain, pipeline, [{ relation: 'rates', path }])
  transforms = createTransforms(signature, plan, runner)
})

afterAll(async () => {
  transforms.close()
  await rm(folder, { recursive: true, force: true })
})

const apply = (records: readonly unknown[]) =>
  transforms.apply({ kind: 'records', rows: records.length, records })

const record = fc.record({
  amount: fc.option(fc.double({ noNaN: true, noDefaultInfinity: true })),
  months: fc.option(fc.integer({ min: -40, max: 12 })),
  kind: fc.option(fc.constantFrom('a', 'b', '', 'zz', '\u00e9', 'a"\'b')),
})

it('equals the relation in the notebook, to the bit', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(record, { minLength: 1, maxLength: 30 }), async (rows) => {
      await notebook.run('delete from raw')
      const appender = await notebook.createAppender('raw')
      for (const [index, row] of rows.entries()) {
        appender.appendInteger(index)
        if (row.amount === null) appender.appendNull()
        else appender.appendDouble(row.amount)
        appender.appendNull()
        if (row.months === null) appender.appendNull()
        else appender.appendInteger(row.months)
        if (row.kind === null) appender.appendNull()
        else appender.appendVarchar(row.kind)
        appender.endRow()
      }
      appender.closeSync()
      // A missing number of months is left out by the filter, as in a request.
      const kept = rows.flatMap((row, index) => (row.months === null ? [] : [{ row, index }]))
      const wanted = await notebook.runAndReadAll('select ratio, rate::double, kind from features order by i')
      if (kept.length === 0) return
      const batch = await apply(kept.map(({ row }) => row))
      for (const [at, [ratio, rate, kind]] of wanted.getRows().entries()) {
        expect(batch.columns[0]?.[at]).toBe(ratio ?? Number.NaN)
        expect(batch.columns[1]?.[at]).toBe(rate ?? Number.NaN)
        const code = kind === null ? missingCode : categories.indexOf(String(kind))
        expect(batch.columns[2]?.[at]).toBe(code === -1 && kind !== null ? unseenCode : code)
      }
    }),
    { numRuns: 40 },
  )
})

it('gives overlapping calls their own rows, also when one of them fails', async () => {
  const good = { amount: 6, months: 3, kind: 'a' }
  const calls = [apply([good]), apply([{ ...good, months: 1e12 }]), apply([good, { ...good, amount: 9 }])]
  const [first, second, third] = await Promise.allSettled(calls)
  expect(first).toMatchObject({ status: 'fulfilled', value: { rows: 1 } })
  expect(second).toMatchObject({
    status: 'rejected',
    reason: {
      code: 'invalid_rows',
      fields: [{ row: 0, expected: 'a row that the SQL of "features" can compute' }],
    },
  })
  expect(third?.status === 'fulfilled' && Array.from(third.value.columns[0] ?? [])).toEqual([1.9, 2.9])
})

it('names the rows that a filter leaves out', async () => {
  const row = { amount: 6, months: 3, kind: 'a' }
  await expect(apply([row, { ...row, months: 13 }])).rejects.toMatchObject({
    fields: [{ row: 1, found: 'a row that its filters and joins leave out' }],
  })
})

it('holds requests to the constraints of the serving input before any SQL runs', () => {
  const [amount, months, kind] = signature.inputs
  const constrained: Signature = {
    ...signature,
    inputs: [
      { ...amount!, constraints: { min: 0 } },
      months!,
      { ...kind!, constraints: { values: ['a', 'b'] } },
    ],
  }
  const stage = compileStaging(constrained, plan)
  const rows = (kind: string, amount: number) => [{ amount, months: 3, kind }]
  expect(stage({ kind: 'records', rows: 1, records: rows('a', 1) }).rows).toBe(1)
  for (const [records, column] of [
    [rows('c', 1), 'kind'],
    [rows('a', -1), 'amount'],
  ] as const) {
    expect(() => stage({ kind: 'records', rows: 1, records })).toThrow(
      expect.objectContaining({ fields: [expect.objectContaining({ row: 0, column })] }),
    )
  }
})
