import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { trainSpecSchema } from '../../../shared/notebook/train-spec.ts'
import { type Database, openDatabase } from '../../data/database.ts'
import { createTraining } from '../create-training.ts'
import type { TrainedModel, Training, TrainProgress } from '../training.ts'

/** 400 rows with every type of column: `churned` depends on `tenure` and `plan`, `spend` is linear in both. */
const customers = `
create table customers as
select
  i as id,
  'customer ' || i as label,
  case when i % 37 = 0 then null else (i * 7919) % 72 end as tenure,
  case when i % 29 = 0 then null else ['month', 'year', 'two years'][1 + (i * 31) % 3] end as plan,
  (i * 13) % 5 < 2 as vip,
  (i % 3)::integer as region,
  case when i % 50 = 0 then 'nan'::double else ((i * 104729) % 1000) / 10.0 end as score,
  (((i * 7919) % 72) < 24 and (i * 31) % 3 = 0) or i % 17 = 0 as churned,
  3.0 * ((i * 7919) % 72) + 10 * ((i * 31) % 3) + (i % 7) / 10.0 as spend,
  ['low', 'middle', 'high'][1 + ((i * 7919) % 72) // 24] as tier,
  timestamp '2024-01-01' + interval (i) day as joined
from range(400) t(i)`

export interface TrainingBench {
  database: Database
  training: Training
  /** Journals of its searches. */
  searchFolder: string
  sql(statement: string): Promise<void>
  train(
    spec: object,
    signal?: AbortSignal,
    onProgress?: (progress: TrainProgress) => void,
  ): Promise<TrainedModel>
  close(): Promise<void>
}

/** A database with the table `customers`, and training on it at a clock that stands still. */
export async function openTrainingBench(): Promise<TrainingBench> {
  const searchFolder = await mkdtemp(join(tmpdir(), 'slipway-search-'))
  const database = await openDatabase(':memory:', '.')
  const training = createTraining({
    database,
    workspaceFolder: '.',
    slipwayVersion: '0.0.0-test',
    searchFolder,
    now: () => Date.UTC(2026, 0, 2, 3, 4, 5),
    run: async (_program, args) => (args[0] === 'status' ? '' : args[1] === 'HEAD' ? 'abc123' : 'main'),
  })
  const session = await database.session()
  await session.run(customers)
  return {
    database,
    training,
    searchFolder,
    sql: (statement) => session.run(statement),
    train: (spec, signal = new AbortController().signal, onProgress = () => undefined) =>
      training.train({
        spec: trainSpecSchema.parse(spec),
        defaultName: 'bench',
        origin: { notebook: 'a.ipynb', notebookHash: 'ffff', cell: 'train' },
        signal,
        onProgress,
      }),
    async close() {
      await training.close()
      session.close()
      database.close()
      await rm(searchFolder, { recursive: true, force: true })
    },
  }
}

export const usable = { exclude: ['id', 'label', 'joined'] }
export const forChurn = {
  from: 'customers',
  target: 'churned',
  features: { exclude: [...usable.exclude, 'spend', 'tier'] },
}
export const forSpend = {
  from: 'customers',
  target: 'spend',
  features: { exclude: [...usable.exclude, 'churned', 'tier'] },
}
export const forTier = {
  from: 'customers',
  target: 'tier',
  features: { exclude: [...usable.exclude, 'churned', 'spend'] },
}
