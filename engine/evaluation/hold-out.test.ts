import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { versionFiles } from '../../shared/catalog/version.ts'
import { decodeJson } from '../../shared/decode.ts'
import { evaluationFileSchema, keptRows } from '../../shared/evaluation/evaluation-file.ts'
import { literal, type Session } from '../data/database.ts'
import { parts } from '../training/split-rows.ts'
import {
  forChurn,
  forTier,
  openTrainingBench,
  type TrainingBench,
} from '../training/testing/training-bench.ts'
import { writeHoldOut } from './hold-out.ts'

let bench: TrainingBench
let folder = ''

beforeAll(async () => {
  bench = await openTrainingBench()
  folder = await mkdtemp(join(tmpdir(), 'slipway-holdout-test-'))
})

afterAll(async () => {
  await bench.close()
  await rm(folder, { recursive: true, force: true })
})

async function trained(spec: object) {
  const model = await bench.train(spec)
  const path = join(folder, `${Math.random()}.parquet`)
  await writeFile(path, model.files.get(versionFiles.heldOut)!)
  const text = new TextDecoder().decode(model.files.get(versionFiles.evaluation))
  const session = await bench.database.session()
  try {
    const rows = await session.rows(`select * from read_parquet(${literal(path)})`)
    return { model, rows, file: decodeJson(evaluationFileSchema, text, 'evaluation.json') }
  } finally {
    session.close()
  }
}

test('a version keeps its held-out rows with every column of the relation, the target and the scores', async () => {
  const { model, rows, file } = await trained({ ...forChurn, model: { kind: 'gbdt', trees: 5 } })
  expect(rows.length).toBe(model.record.split.test)
  expect(file.heldOut).toMatchObject({ rows: 100, of: 100, outputs: 1 })
  expect(file.heldOut.columns.map(({ name, role, kind }) => [name, role, kind])).toEqual([
    ['tenure', 'feature', 'number'],
    ['plan', 'feature', 'category'],
    ['vip', 'feature', 'boolean'],
    ['region', 'feature', 'number'],
    ['score', 'feature', 'number'],
    ['id', 'other', 'number'],
    ['label', 'other', 'category'],
    ['spend', 'other', 'number'],
    ['tier', 'other', 'category'],
    ['joined', 'other', 'time'],
  ])
  for (const row of rows) {
    const id = Number(row.id)
    const churned = ((id * 7919) % 72 < 24 && (id * 31) % 3 === 0) || id % 17 === 0
    expect([row.label, row.slipway_actual]).toEqual([`customer ${id}`, churned ? 1 : 0])
  }
  const right = rows.filter((row) => Number(row.slipway_score_0) >= 0.5 === (row.slipway_actual === 1)).length
  expect(right / rows.length).toBeCloseTo(model.record.metrics.accuracy ?? 0, 12)
})

test('the report’s areas are the version’s metrics, and its counts are of all held-out rows', async () => {
  const { model, file } = await trained({ ...forChurn, model: { kind: 'gbdt', trees: 5 } })
  if (file.report.task !== 'binary') throw new Error('Not binary.')
  expect(file.report.positive.auc).toBeCloseTo(model.record.metrics.auc ?? 0, 12)
  expect(file.report.positive.thresholds.positives + file.report.positive.thresholds.negatives).toBe(100)
  expect(file.report.classes).toEqual([false, true])
})

test('several classes keep a probability each', async () => {
  const { rows, file } = await trained({ ...forTier, model: { kind: 'gbdt', trees: 3 } })
  expect(file.heldOut.outputs).toBe(3)
  for (const row of rows) {
    const sum = [0, 1, 2].reduce((total, k) => total + Number(row[`slipway_score_${k}`]), 0)
    expect(sum).toBeCloseTo(1, 6)
  }
})

test('on a full disk it is said so, nothing is left behind, and the rows are kept once there is space', async () => {
  const session = await bench.database.session()
  await session.run(`create or replace temp table slipway_rows as
    select range as n, ${parts.test} as part, range % 2 as y, range::double as c0 from range(4)`)
  await session.run('create or replace temp table slipway_split as select range as n from range(4)')
  const columns = { features: [{ name: 'tenure' }], extras: [] }
  const scores = Float64Array.from([0.1, 0.9, 0.2, 0.8])
  // What DuckDB says when it writes to a device without space, such as /dev/full.
  let written = ''
  const full: Session = {
    ...session,
    async run(sql, values) {
      if (!sql.startsWith('copy')) return session.run(sql, values)
      const [, file = ''] = /to '([^']+)'/.exec(sql) ?? []
      written = file
      await writeFile(file, 'half of it')
      throw new Error(`IO Error: Could not write file "${file}": No space left on device`)
    },
  }
  await expect(writeHoldOut(full, columns, scores, 1)).rejects.toMatchObject({
    code: 'disk-full',
    whatToDo: expect.stringContaining('Free some space'),
  })
  expect([written === '', existsSync(dirname(written))]).toEqual([false, false])
  expect((await writeHoldOut(session, columns, scores, 1)).length).toBeGreaterThan(100)
  session.close()
})

test('no more than 50,000 rows are kept, fewer of wide tables', () => {
  expect([keptRows(120, 10), keptRows(200_000, 10), keptRows(200_000, 2_000)]).toEqual([120, 50_000, 2_500])
})
