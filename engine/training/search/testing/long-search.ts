/** A program that searches until it ends or is killed: `node long-search.ts <journal folder>`. */
import { trainSpecSchema } from '../../../../shared/notebook/train-spec.ts'
import { openDatabase } from '../../../data/database.ts'
import { createTraining } from '../../create-training.ts'
import type { TrainedModel } from '../../training.ts'

export const trialsOfLongSearch = 4

/** Trains on data made on the spot, the same in every process. */
export async function longSearch(searchFolder: string): Promise<TrainedModel> {
  const database = await openDatabase(':memory:', '.')
  const session = await database.session()
  await session.run(
    'create table points as select hash(i) % 1000 / 10.0 as a, hash(i + 5000) % 100 as b, a * b + hash(i + 9) % 50 as y from range(400) t(i)',
  )
  const training = createTraining({
    database,
    workspaceFolder: '.',
    slipwayVersion: '0.0.0-test',
    searchFolder,
  })
  try {
    return await training.train({
      spec: trainSpecSchema.parse({
        from: 'points',
        target: 'y',
        model: { kind: 'gbdt', trees: 5 },
        search: {
          method: 'random',
          trials: trialsOfLongSearch,
          folds: 2,
          parallel: 1,
          parameters: {
            'model.maxDepth': { min: 1, max: 8 },
            'model.learningRate': { min: 0.01, max: 1, log: true },
          },
        },
      }),
      defaultName: 'points',
      origin: null,
      signal: new AbortController().signal,
      onProgress: () => undefined,
    })
  } finally {
    session.close()
    database.close()
  }
}

const [, program, folder] = process.argv
if (program?.endsWith('long-search.ts') && folder) await longSearch(folder)
