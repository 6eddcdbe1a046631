import { join, resolve } from 'node:path'
import { z } from 'zod'
import { decodeJson } from '../../shared/decode.ts'
import { Failure, failureFromData, failureSchema } from '../../shared/failure.ts'
import type { ProcessPort } from '../deployments/process-port.ts'
import { lentDuckDb } from './lent-duckdb.ts'
import { assertBundleWhole, bundleNode, readBundleManifest } from './read-bundle.ts'

export interface ScoreFile {
  bundle: string
  /** A file, `duckdb:file#table` or `postgres://…#table`; files are resolved against the current folder. */
  input: string
  output: string
  processes: ProcessPort
  /** Words of the bundle's own `score`, such as `--resume`. */
  options?: readonly string[]
  /** Progress and the summary, as they come. */
  onText?: (text: string) => void
  env?: Readonly<Record<string, string | undefined>>
  /** Stops it between two commits; what was done stays for `--resume`. */
  signal?: AbortSignal
}

/** What the bundle's scorer says with `--json`. */
export const scoreSummarySchema = z.object({
  ok: z.literal(true),
  rows: z.number().int(),
  bad: z.number().int(),
  badRows: z.string(),
  resumed: z.number().int(),
  seconds: z.number(),
})
export type ScoreSummary = z.infer<typeof scoreSummarySchema>

const refusalSchema = z.object({ ok: z.literal(false), error: failureSchema })

/** What the scorer says went wrong; null where it ended without a word, or is of an older bundle, which tells its log alone. */
function failureIn(result: string): Failure | null {
  try {
    return failureFromData(refusalSchema.parse(JSON.parse(result)).error)
  } catch {
    return null
  }
}

/** A location with its file made absolute: the scorer runs in the bundle's folder. */
export function absoluteLocation(word: string, folder: string = process.cwd()): string {
  if (/^postgres(ql)?:\/\//.test(word)) return word
  if (!word.startsWith('duckdb:')) return resolve(folder, word)
  const [file = '', ...rest] = word.slice('duckdb:'.length).split('#')
  return [`duckdb:${resolve(folder, file)}`, ...rest].join('#')
}

const connection = /^(PG[A-Z]+|HOME|USERPROFILE|APPDATA|TMPDIR|TEMP|TMP|SystemRoot)$/

/**
 * Scores with a bundle's own scorer, on the Node it carries. DuckDB is lent to a bundle that carries none, so that any
 * bundle reads and writes DuckDB tables, and nested columns of Parquet, here.
 *
 * @throws Failure `not-found`, `integrity`, `cancelled` after `signal`, or the scorer's own
 */
export async function scoreWithBundle(options: ScoreFile): Promise<ScoreSummary> {
  const { processes, options: words = [], onText, signal, env = process.env } = options
  const bundle = resolve(options.bundle)
  const manifest = await readBundleManifest(bundle)
  await assertBundleWhole(bundle, manifest)
  // Where PostgreSQL is and who asks may come from the user's environment.
  const kept = Object.entries(env).filter(([name, value]) => connection.test(name) && value !== undefined)
  const program = processes.start({
    script: join(bundle, 'server.mjs'),
    args: ['score', absoluteLocation(options.input), absoluteLocation(options.output), '--json', ...words],
    env: {
      ...Object.fromEntries(kept.map(([name, value]) => [name, String(value)])),
      ...lentDuckDb(bundle),
    },
    cwd: bundle,
    ...bundleNode(bundle, manifest),
  })
  let said = ''
  let result = ''
  program.output((stream, text) => {
    if (stream === 'stdout') {
      result += text
      return
    }
    said = (said + text).slice(-4000)
    onText?.(text)
  })
  const stop = () => program.stop()
  signal?.addEventListener('abort', stop, { once: true })
  if (signal?.aborted) stop()
  await program.pid
  const code = await program.exited.finally(() => signal?.removeEventListener('abort', stop))
  if (code !== 0) {
    const failure = failureIn(result)
    if (failure) throw failure
    if (signal?.aborted) throw new Failure('cancelled', 'Scoring was stopped.', '')
    throw new Failure('failed', said.trim() || `The scorer ended with exit code ${code}.`, '')
  }
  return decodeJson(scoreSummarySchema, result, 'what the scorer said')
}
