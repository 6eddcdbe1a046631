import type { Batch } from '../../shared/features/batch.ts'
import { sliceRows } from '../../shared/features/batch-buffers.ts'
import type { FieldError } from '../../shared/signature/decode-rows.ts'
import type { Signature } from '../../shared/signature/signature.ts'
import type { ChainRunner, LostRow } from '../../shared/transforms/chain-runner.ts'
import { lastRelation } from '../../shared/transforms/chain-sql.ts'
import { type StagedColumn, type StagedRows, sliceStaged } from '../../shared/transforms/staged-rows.ts'
import type { TransformPlan } from '../../shared/transforms/transform-plan.ts'
import type { RequestRows } from '../rows/request-rows.ts'
import { unfit } from '../scoring/unfit.ts'
import { compileStaging } from './compile-staging.ts'

/** The SQL between a request and the model. */
export interface Transforms {
  /**
   * Decodes rows against the signature and gives what the SQL makes of them, in their order, ready for the pipeline.
   *
   * Calls may overlap; those that wait go into one query together, which rows that know nothing of each other allow.
   *
   * @throws Refusal `invalid_rows` naming each row that does not fit, that the SQL cannot compute or leaves out
   */
  apply(rows: RequestRows): Promise<Batch>
  /** Ends when the calls that were made have their answers. */
  close(): void
}

interface Waiting {
  readonly staged: StagedRows
  readonly done: (batch: Batch) => void
  readonly failed: (error: unknown) => void
}

/** Rows of waiting calls that go into one query. */
const rowsTogether = 2_048
/** Reported of one call, at most. */
const mostErrors = 20

function joined(staged: readonly StagedRows[]): StagedRows {
  const [first] = staged
  if (!first || staged.length === 1) return first ?? { rows: 0, columns: [] }
  const rows = staged.reduce((sum, one) => sum + one.rows, 0)
  const columns = first.columns.map((column, index): StagedColumn | null => {
    if (column === null) return null
    if (!(column instanceof Float64Array))
      return staged.flatMap((one) => [...(one.columns[index] as string[])])
    const all = new Float64Array(rows)
    let at = 0
    for (const one of staged) {
      all.set(one.columns[index] as Float64Array, at)
      at += one.rows
    }
    return all
  })
  return { rows, columns }
}

export function createTransforms(signature: Signature, plan: TransformPlan, runner: ChainRunner): Transforms {
  const stage = compileStaging(signature, plan)
  const last = lastRelation({
    ...plan,
    relations: plan.relations.map(({ relation }) => ({ relation, sql: '' })),
  })
  const queue: Waiting[] = []
  let working = false
  let closing = false

  const lostError = ({ row, results }: LostRow): FieldError => ({
    row,
    column: '',
    expected: `a row that the SQL of "${last}" keeps once`,
    found:
      results === 'none'
        ? 'a row that its filters and joins leave out'
        : 'a row that a join matches several times',
  })

  /** Which rows DuckDB cannot compute, by halving. */
  const failingRows = async (staged: StagedRows, offset: number, found: FieldError[]): Promise<void> => {
    if (found.length >= mostErrors) return
    try {
      await runner.run(staged)
    } catch (error) {
      if (staged.rows > 1) {
        const middle = staged.rows >> 1
        await failingRows(sliceStaged(staged, 0, middle), offset, found)
        await failingRows(sliceStaged(staged, middle, staged.rows), offset + middle, found)
        return
      }
      const [message = ''] = (error instanceof Error ? error.message : String(error)).split('\n')
      found.push({
        row: offset,
        column: '',
        expected: `a row that the SQL of "${last}" can compute`,
        found: message,
      })
    }
  }

  const runAlone = async ({ staged, done, failed }: Waiting) => {
    try {
      const { batch, lost } = await runner.run(staged)
      if (lost.length === 0) done(batch)
      else failed(unfit(lost.slice(0, mostErrors).map(lostError)))
    } catch (error) {
      const found: FieldError[] = []
      await failingRows(staged, 0, found).catch(() => undefined)
      failed(found.length > 0 ? unfit(found) : error)
    }
  }

  const runTogether = async (calls: readonly Waiting[]) => {
    const [only] = calls
    if (only && calls.length === 1) return await runAlone(only)
    try {
      const { batch, lost } = await runner.run(joined(calls.map(({ staged }) => staged)))
      let from = 0
      for (const { staged, done, failed } of calls) {
        const to = from + staged.rows
        const own = lost.filter(({ row }) => row >= from && row < to)
        if (own.length > 0) {
          failed(unfit(own.slice(0, mostErrors).map((one) => lostError({ ...one, row: one.row - from }))))
        } else {
          done(sliceRows(batch, from, to))
        }
        from = to
      }
    } catch {
      // One row stopped the query of all; each call finds out by itself whether it was its own.
      for (const call of calls) await runAlone(call)
    }
  }

  const work = async () => {
    working = true
    for (;;) {
      const calls: Waiting[] = []
      let rows = 0
      for (let next = queue[0]; next; next = queue[0]) {
        if (calls.length > 0 && rows + next.staged.rows > rowsTogether) break
        calls.push(next)
        rows += next.staged.rows
        queue.shift()
      }
      if (calls.length === 0) break
      await runTogether(calls)
    }
    working = false
    if (closing) runner.close()
  }

  return {
    async apply(rows) {
      const staged = stage(rows)
      return new Promise<Batch>((done, failed) => {
        queue.push({ staged, done, failed })
        if (!working) void work()
      })
    },
    close() {
      closing = true
      if (!working) runner.close()
    },
  }
}
