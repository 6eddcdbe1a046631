/**
 * Every encoder, fitted inside DuckDB and applied by the code that serves, gives scikit-learn's values as recorded by
 * bench/peers/record-encoders.py.
 */
import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, test } from 'vitest'
import { assemblePipeline } from '../../../shared/features/assemble-pipeline.ts'
import { columnSpecSchema } from '../../../shared/features/column-spec.ts'
import { compilePipeline } from '../../../shared/features/compile-pipeline.ts'
import { compileRowDecoder } from '../../../shared/signature/decode-rows.ts'
import type { Task } from '../../../shared/signature/signature.ts'
import { literal, type Session } from '../../data/database.ts'
import { openMemorySession } from '../../data/testing/memory-session.ts'
import { chooseFeatures, describeRelation } from '../choose-columns.ts'
import { readPart } from '../read-part.ts'
import { rowsTable } from '../split-rows.ts'
import { fitColumn } from './fit-column.ts'

interface Case {
  name: string
  type: string
  spec: object
  train: (number | string | null)[]
  apply: (number | string | null)[]
  expected: (number | null)[][]
  task?: Task
  target?: number[]
  classes?: string[]
  trained?: number[][]
}
const fixture: { cases: Case[] } = JSON.parse(
  readFileSync(new URL('../../../shared/features/fixtures/sklearn-encoders.json', import.meta.url), 'utf8'),
)

let session: Session
beforeAll(async () => {
  const memory = await openMemorySession()
  session = memory.session
  return memory.close
})

async function fitCase({ type, spec, train, task = 'binary', target, classes = [] }: Case) {
  const sqlType = type === 'numeric' ? 'double' : type === 'timestamp' ? 'timestamp' : 'varchar'
  const cells = train.map((value, n) => {
    const sql = value === null ? 'null' : typeof value === 'string' ? literal(value) : value
    return `(${sql}::${sqlType}, ${target?.[n] ?? 0}, ${n})`
  })
  await session.run(`create or replace table made as select * from (values ${cells.join(', ')}) t(x, y, n)`)
  const trainSpec = {
    from: 'made',
    target: 'y',
    task,
    features: {
      include: ['x'],
      columns: { x: columnSpecSchema.parse({ ...spec, type: 'type' in spec ? spec.type : type }) },
    },
  }
  const [feature] = chooseFeatures(trainSpec, await describeRelation(session, 'made', 'made'))
  if (!feature) throw new Error('No feature was chosen.')
  // A held-out row that must not matter.
  await session.run(
    `create or replace temp table ${rowsTable} as select ${feature.sql} as c0, y::double as y, n, 0 as part from made
     union all (select ${feature.sql}, 1e6, 999, 2 from made limit 1)`,
  )
  const fitted = await fitColumn(
    { session, table: rowsTable, where: 'part = 0', task, classes },
    'c0',
    feature,
  )
  return { fitted, pipeline: assemblePipeline([fitted.encoder]) }
}

function expectRows(found: Float64Array, expected: readonly (number | null)[][]) {
  for (const [i, value] of expected.flat().entries()) {
    const wanted = value ?? Number.NaN
    if (Number.isNaN(wanted)) expect(found[i]).toBeNaN()
    else expect(Math.abs(found[i]! - wanted)).toBeLessThanOrEqual(2e-7 * Math.max(1, Math.abs(wanted)))
  }
}

describe('fitted inside DuckDB and applied to a request, as by scikit-learn', () => {
  for (const one of fixture.cases) {
    test(one.name, async () => {
      const { fitted, pipeline } = await fitCase(one)
      const width = one.expected[0]?.length ?? 0
      expect(pipeline.width).toBe(width)
      const decoder = compileRowDecoder(
        {
          version: 1,
          task: 'regression',
          inputs: [{ ...fitted.signature, missing: true, required: false }],
          target: { name: 'y', sourceType: 'DOUBLE' },
        },
        pipeline,
      )
      const decoded = decoder.records(one.apply.map((x) => ({ x })))
      if (!decoded.ok) throw new Error(JSON.stringify(decoded.fields))
      const out = new Float64Array(one.apply.length * width)
      compilePipeline(pipeline).transform(decoded.batch, out)
      expectRows(out, one.expected)
      // The rows to train on come straight from the database: they must be what the decoder would make of them.
      const part = await readPart(session, pipeline, 'train', one.train.length, false, () => undefined)
      const trained = new Float64Array(one.train.length * width)
      compilePipeline(pipeline).transform(part, trained)
      if (one.trained) {
        expectRows(trained, one.trained)
      } else {
        const requested = decoder.records(one.train.map((x) => ({ x })))
        if (!requested.ok) throw new Error(JSON.stringify(requested.fields))
        const asked = new Float64Array(trained.length)
        compilePipeline(pipeline).transform(requested.batch, asked)
        expect(trained).toEqual(asked)
      }
    })
  }
})
