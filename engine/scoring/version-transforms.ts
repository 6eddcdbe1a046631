/** HOT: every row that `predict` scores of a version with SQL passes here (figures: docs/transforms.md). */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as duckdb from '@duckdb/node-api'
import { decodeJson } from '../../shared/decode.ts'
import type { Batch } from '../../shared/features/batch.ts'
import type { Pipeline } from '../../shared/features/pipeline.ts'
import type { FieldError } from '../../shared/signature/decode-rows.ts'
import { type ChainRunner, openChainRunner } from '../../shared/transforms/chain-runner.ts'
import { chainOf, lastRelation } from '../../shared/transforms/chain-sql.ts'
import {
  createStaging,
  type StagedRows,
  type Staging,
  sliceStaged,
} from '../../shared/transforms/staged-rows.ts'
import { transformFiles, transformPlanSchema } from '../../shared/transforms/transform-plan.ts'
import { restoreFolder } from '../catalog/restore-folder.ts'

/** The SQL between a version's serving input and its model: what its bundle runs, in a DuckDB of its own. */
export interface VersionTransforms {
  /** Compile the row decoder for this, then hand it what was decoded. */
  readonly staging: Staging
  /** What the SQL makes of the rows, ready for the pipeline, or the first row that it has no one result for. */
  run(staged: StagedRows): Promise<{ ok: true; batch: Batch } | { ok: false; field: FieldError }>
  interrupt(): void
  close(): void
}

/** The first row that DuckDB cannot compute, by halving; null where each half can be. */
async function firstFailing(
  runner: ChainRunner,
  staged: StagedRows,
  from = 0,
): Promise<{ row: number; message: string } | null> {
  try {
    await runner.run(staged)
    return null
  } catch (error) {
    if (staged.rows > 1) {
      const middle = staged.rows >> 1
      const first = await firstFailing(runner, sliceStaged(staged, 0, middle), from)
      return first ?? (await firstFailing(runner, sliceStaged(staged, middle, staged.rows), from + middle))
    }
    const [message = ''] = (error instanceof Error ? error.message : String(error)).split('\n')
    return { row: from, message }
  }
}

/** Opens the SQL of a version from the files in its folder. @throws Error with DuckDB's message where it cannot be run */
export async function openVersionTransforms(folder: string, pipeline: Pipeline): Promise<VersionTransforms> {
  const text = (file: string) => readFile(join(folder, file), 'utf8')
  const plan = decodeJson(
    transformPlanSchema,
    await text(transformFiles.plan),
    transformFiles.plan,
    restoreFolder(folder),
  )
  const sql = new Map<string, string>()
  for (const { file } of plan.relations) sql.set(file, await text(file))
  const chain = chainOf(plan, (file) => sql.get(file) ?? '')
  const lookups = plan.lookups.map(({ relation, file }) => ({ relation, path: join(folder, file) }))
  const runner = await openChainRunner(duckdb, plan, chain, pipeline, lookups)
  const last = lastRelation(chain)
  let stopped = false
  let working: Promise<unknown> = Promise.resolve()
  return {
    staging: createStaging(plan),
    async run(staged) {
      const run = runner.run(staged)
      working = run.catch(() => undefined)
      try {
        const { batch, lost } = await run
        const [first] = lost
        if (!first) return { ok: true, batch }
        const expected = `a row that the SQL of "${last}" keeps once`
        const found =
          first.results === 'none'
            ? 'a row that its filters and joins leave out'
            : 'a row that a join matches several times'
        return { ok: false, field: { row: first.row, column: '', expected, found } }
      } catch (error) {
        const failing = stopped ? null : await firstFailing(runner, staged)
        if (!failing) throw error
        const expected = `a row that the SQL of "${last}" can compute`
        return { ok: false, field: { row: failing.row, column: '', expected, found: failing.message } }
      }
    },
    interrupt() {
      stopped = true
      runner.interrupt()
    },
    // A query that was left behind still ends first.
    close: () => void working.then(() => runner.close()),
  }
}
