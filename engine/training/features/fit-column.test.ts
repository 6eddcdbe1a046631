/** Expected values recorded from scikit-learn by bench/peers/record-encoders.py. */

import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, test } from 'vitest'
import { assemblePipeline } from '../../../shared/features/assemble-pipeline.ts'
import type { ColumnSpec } from '../../../shared/features/column-spec.ts'
import { compilePipeline } from '../../../shared/features/compile-pipeline.ts'
import type { Encoder } from '../../../shared/features/pipeline.ts'
import { literal, type Session } from '../../data/database.ts'
import { openMemorySession } from '../../data/testing/memory-session.ts'
import type { FeatureColumn } from '../choose-columns.ts'
import { rowsTable } from '../split-rows.ts'
import { fitColumn } from './fit-column.ts'

interface Fixture {
  numeric: {
    train: (number | null)[]
    apply: (number | null)[]
    cases: { impute: string; scale: string; expected: number[] }[]
  }
  constantColumn: { train: number[]; apply: number[]; expected: number[] }
  onehot: { train: string[]; categories: string[] }
  ordinal: { categories: string[] }
}
const fixture: Fixture = JSON.parse(
  readFileSync(new URL('../../../shared/features/fixtures/sklearn-encoders.json', import.meta.url), 'utf8'),
)

let session: Session
beforeAll(async () => {
  const memory = await openMemorySession()
  session = memory.session
  return memory.close
})

/** Fits on `values` in the training split, beside a held-out row that must not matter. */
async function fitEncoder(values: readonly (number | string | null)[], spec: ColumnSpec): Promise<Encoder> {
  const isText = values.some((value) => typeof value === 'string')
  const cells = values.map((value) => (typeof value === 'string' ? literal(value) : (value ?? 'null')))
  const outside = isText ? "'held out'" : '1e12'
  await session.run(
    `create or replace temp table ${rowsTable} as
     select v::${isText ? 'varchar' : 'double'} as c0, 0 as part from (values ${cells.map((cell) => `(${cell})`).join(', ')}) t(v)
     union all select ${outside}, 2`,
  )
  const feature: FeatureColumn = {
    name: 'x',
    sourceType: isText ? 'VARCHAR' : 'DOUBLE',
    type: isText ? 'categorical' : 'numeric',
    spec,
    trees: false,
    fill: spec.fill === undefined || typeof spec.fill === 'boolean' ? undefined : spec.fill,
    sql: 'x',
  }
  const rows = { session, table: rowsTable, where: 'part = 0', task: 'binary' as const, classes: [] }
  return (await fitColumn(rows, 'c0', feature)).encoder
}

function apply(encoder: Encoder, values: readonly (number | null)[]): number[] {
  const column = Float64Array.from(values, (value) => value ?? Number.NaN)
  const out = new Float64Array(values.length)
  compilePipeline(assemblePipeline([encoder])).transform({ rows: values.length, columns: [column] }, out)
  return Array.from(out)
}

describe('fitted inside DuckDB, numbers are transformed as by scikit-learn', () => {
  for (const { impute, scale, expected } of fixture.numeric.cases) {
    test(`${impute}, ${scale}`, async () => {
      const spec = { impute, scale, ...(impute === 'constant' ? { fill: -1 } : {}) } as ColumnSpec
      const found = apply(await fitEncoder(fixture.numeric.train, spec), fixture.numeric.apply)
      for (const [i, value] of expected.entries()) {
        // Fitted statistics are kept to twelve digits.
        expect(Math.abs(found[i]! - value)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(value)))
      }
    })
  }

  test('a constant column is only centred', async () => {
    const { train, apply: values, expected } = fixture.constantColumn
    expect(apply(await fitEncoder(train, { impute: 'mean' }), values)).toEqual(expected)
  })
})

test('categories are those of the training split, in scikit-learn’s order', async () => {
  const onehot = await fitEncoder(fixture.onehot.train, {})
  expect(onehot).toMatchObject({ kind: 'onehot', categories: fixture.onehot.categories, missingInput: false })
  const ordinal = await fitEncoder([...fixture.onehot.train, null], { encode: 'ordinal' })
  expect(ordinal).toMatchObject({ kind: 'ordinal', categories: fixture.ordinal.categories })
})
