import { z } from 'zod'
import { decodeJson } from '../../shared/decode.ts'
import { Failure } from '../../shared/failure.ts'
import { absentColumns } from '../../shared/signature/absent-columns.ts'
import type { LoadedModel } from '../bundle/load-model.ts'
import { Refusal } from '../http/refusal.ts'
import { assertOwnPlace, badRowsOf, createBadRows } from './bad-rows.ts'
import { inputIdentity } from './input-identity.ts'
import { type Location, parseLocation, shownLocation } from './locations.ts'
import { openSink } from './open-sink.ts'
import { openSource } from './open-source.ts'
import type { Progress } from './progress.ts'
import type { ChunkColumn } from './row-chunk.ts'
import { addedColumns, type ScoredChunk } from './score-chunk.ts'
import { scoreInOrder } from './score-in-order.ts'

export interface ScoreOptions {
  /** Continues a run that was stopped. */
  resume?: boolean
  /** Stops at the first bad row. */
  strict?: boolean
  /** Where bad rows go; default `<output>.bad.ndjson`. */
  badRows?: string
  /** Adds to a table that exists. */
  append?: boolean
  progress?: Progress
  /** Chunks between commits; the default is some 130,000 rows. */
  commitChunks?: number
  /** Threads that score; 1 is this thread alone. The default is one a processor core where that pays. */
  threads?: number
  /** Stops between two chunks; what was committed stays for `resume`. */
  signal?: AbortSignal
}

export interface ScoreSummary {
  /** Rows of the output. */
  rows: number
  /** Rows that were not scored, in the file `badRows`. */
  bad: number
  badRows: string
  /** Rows that an earlier run had done. */
  resumed: number
  /** Columns of the signature that the input does not have, and that are missing in every row therefore. */
  absent: string[]
}

const stateSchema = z.strictObject({
  format: z.literal(1),
  /** Model, input and columns: a run continues only what it began. */
  run: z.string(),
  position: z.unknown(),
  rows: z.number().int(),
  bad: z.strictObject({ bytes: z.number().int(), count: z.number().int() }),
})

/** Where bad rows go when nobody says: beside the output; for tables, into the current folder. */
export function defaultBadRows(output: Location): string {
  switch (output.kind) {
    case 'duckdb':
      return `${output.path}.${output.relation}.bad.ndjson`
    case 'postgres':
      return `${output.relation}.bad.ndjson`
    default:
      return `${output.path}.bad.ndjson`
  }
}

function assertNoClash(input: string, columns: readonly ChunkColumn[], added: readonly ChunkColumn[]): void {
  const clash = columns.find(({ name }) => added.some((column) => column.name === name))
  if (clash === undefined) return
  throw new Failure(
    'invalid-input',
    `${input} has a column "${clash.name}" already, which scoring would write.`,
    'Rename the column in the input.',
  )
}

function asFailure(error: unknown, input: string): unknown {
  if (!(error instanceof Refusal)) return error
  return new Failure('invalid-input', `${input}: ${error.message}`, 'Correct the input and score again.')
}

/**
 * Scores rows of any number in bounded memory. Every input column passes through, followed by `prediction` and, for
 * classifiers, `probability_<class>`. Rows that do not fit the signature go to a side file with the reason. The output
 * appears whole or not at all; a run that was stopped continues at its last commit with `resume`, to the same output.
 *
 * @param input a file, `duckdb:file#table` or `postgres://…#table`
 * @throws Failure naming what is at fault
 */
export async function scoreFile(
  model: LoadedModel,
  input: string,
  output: string,
  options: ScoreOptions = {},
): Promise<ScoreSummary> {
  const { resume = false, strict = false, append = false, progress, commitChunks = 16, signal } = options
  const threads = options.threads ?? 'auto'
  const from = parseLocation(input)
  const target = parseLocation(output)
  const shown = shownLocation(from)
  const badPath = options.badRows ?? defaultBadRows(target)
  await assertOwnPlace(badPath, from, target)
  const added = addedColumns(model)
  const { source, ...ways } = await openSource(model, from, target)
  const bad = createBadRows(badPath)
  let committed = false
  let sink: Awaited<ReturnType<typeof openSink>> | null = null
  try {
    const columns = await source.columns()
    assertNoClash(shown, columns, added)
    const to = await openSink(target, columns, added, append, ways)
    sink = to
    const run = JSON.stringify({
      model: `${model.name}-${model.version}`,
      created: model.manifest.created,
      input: shown,
      file: await inputIdentity(from, target),
      columns: columns.map(({ name, type }) => `${name} ${type.sql}`),
    })
    const text = await to.open(resume)
    const state =
      text === null
        ? null
        : decodeJson(stateSchema, text, `the journal of ${shownLocation(target)}`, 'Score without --resume.')
    committed = state !== null
    if (state !== null && state.run !== run) {
      throw new Failure(
        'conflict',
        `The run that was stopped had another model, input or other columns than ${shown} now, or the input was changed since.`,
        'Give it the same again, or score without --resume.',
      )
    }
    await bad.open(state?.bad ?? null)
    let rows = state?.rows ?? 0
    const resumed = rows
    let chunks = 0
    const absent = new Set(
      absentColumns(
        model.signature,
        columns.map(({ name }) => name),
      ),
    )
    progress?.update(rows, null)
    const deliver = async (scored: ScoredChunk) => {
      const { chunk } = scored
      // Objects need not have the keys of the first.
      for (const name of absent) {
        if (chunk.records?.some((record) => Object.hasOwn(record, name))) absent.delete(name)
      }
      const badRows = await badRowsOf(scored, source)
      const [first] = badRows
      if (strict && first !== undefined) {
        throw new Failure(
          'invalid-input',
          `${shown}, row ${first.row}: ${first.reason}.`,
          'Correct the row, or score without --strict to leave bad rows out.',
        )
      }
      await bad.write(badRows)
      await to.write(scored)
      rows += scored.rows
      chunks++
      progress?.update(rows, chunk.fraction)
      if (chunks >= commitChunks && (to.settled?.() ?? true)) {
        const kept = await bad.commit()
        await to.commit(JSON.stringify({ format: 1, run, position: chunk.position, rows, bad: kept }))
        committed = true
        chunks = 0
      }
      if (signal?.aborted) {
        throw new Failure(
          'cancelled',
          `Scoring was stopped after ${rows} rows.`,
          committed ? 'Score again with --resume to continue.' : 'Score again.',
        )
      }
    }
    await scoreInOrder(model, source.chunks(state?.position ?? null), threads, deliver)
    await bad.commit()
    await to.finish()
    return { rows, bad: bad.count, badRows: badPath, resumed, absent: [...absent] }
  } catch (error) {
    await sink?.abandon(committed)
    throw asFailure(error, shown)
  } finally {
    progress?.done()
    await bad.close()
    await source.close()
  }
}
