import { mkdtemp, rename, rm } from 'node:fs/promises'
import os from 'node:os'
import { extname, join, resolve } from 'node:path'
import { Failure } from '../../shared/failure.ts'
import { literal, openDatabase, quote, type Session } from '../data/database.ts'
import type { ProcessPort } from '../deployments/process-port.ts'
import { assertBundleWhole, bundleNode, readBundleManifest, readBundleSignature } from './read-bundle.ts'

export interface ScoreFile {
  bundle: string
  input: string
  output: string
  processes: ProcessPort
}

const isParquet = (path: string): boolean => extname(path).toLowerCase() === '.parquet'

/** Runs the bundle's own scorer. @throws Failure with its message */
async function runScorer({ bundle, input, output, processes }: ScoreFile): Promise<void> {
  const manifest = await readBundleManifest(bundle)
  const program = processes.start({
    script: join(bundle, 'server.mjs'),
    args: ['score', input, output],
    env: {},
    cwd: bundle,
    ...bundleNode(bundle, manifest),
  })
  let said = ''
  program.output((stream, text) => {
    if (stream === 'stderr') said = (said + text).slice(-4000)
  })
  await program.pid
  const code = await program.exited
  if (code !== 0) throw new Failure('failed', said.trim() || `The scorer ended with exit code ${code}.`, '')
}

/** Parquet as NDJSON. NaN and infinities, which JSON lacks, become null, as a missing value is. */
async function parquetToNdjson(session: Session, input: string, output: string): Promise<void> {
  const source = `read_parquet(${literal(input)})`
  const columns = await session.rows(`describe select * from ${source}`)
  const list = columns.map(({ column_name, column_type }) => {
    const name = quote(String(column_name))
    const floating = column_type === 'DOUBLE' || column_type === 'FLOAT'
    return floating ? `case when isfinite(${name}) then ${name} end as ${name}` : name
  })
  await session.run(`copy (select ${list.join(', ')} from ${source}) to ${literal(output)} (format json)`)
}

/**
 * Scores a file whose input or output may be Parquet, which a bundle cannot read by itself, by converting it with DuckDB
 * on the way; any other file goes to the bundle as it is. Input columns keep their Parquet types.
 *
 * @throws Failure `not-found`, `integrity`, `invalid-input` or `failed`, naming the file
 */
export async function scoreWithBundle(options: ScoreFile): Promise<void> {
  const bundle = resolve(options.bundle)
  const input = resolve(options.input)
  const output = resolve(options.output)
  const { processes } = options
  await assertBundleWhole(bundle, await readBundleManifest(bundle))
  if (!isParquet(input) && !isParquet(output)) return await runScorer({ bundle, input, output, processes })

  const folder = await mkdtemp(join(os.tmpdir(), 'slipway-score-'))
  const database = await openDatabase(':memory:', folder)
  const session = await database.session()
  const partial = `${output}.part`
  try {
    const plain = isParquet(input) ? join(folder, 'in.ndjson') : input
    if (isParquet(input)) await parquetToNdjson(session, input, plain)
    if (!isParquet(output)) {
      await runScorer({ bundle, input: plain, output, processes })
      return
    }
    const scored = join(folder, 'out.ndjson')
    await runScorer({ bundle, input: plain, output: scored, processes })
    const { target, task } = await readBundleSignature(bundle)
    const classes = target.classes ?? []
    const labelType = classes.every((label) => typeof label === 'boolean')
      ? 'BOOLEAN'
      : classes.every((label) => typeof label === 'number')
        ? classes.every((label) => Number.isInteger(label))
          ? 'BIGINT'
          : 'DOUBLE'
        : 'VARCHAR'
    const added = [
      { name: 'prediction', type: task === 'regression' ? 'DOUBLE' : labelType },
      ...classes.map((label) => ({ name: `probability_${String(label)}`, type: 'DOUBLE' })),
    ]
    const types = added.map(({ name, type }) => `${literal(name)}: ${literal(type)}`).join(', ')
    const names = added.map(({ name }) => quote(name)).join(', ')
    const json = `read_json(${literal(scored)}, format = 'newline_delimited', columns = {${types}})`
    // Rows stay in their order on both sides, so a position is enough to join on.
    const query = isParquet(input)
      ? `select * from read_parquet(${literal(input)}) positional join (select ${names} from ${json})`
      : `select * from read_json_auto(${literal(scored)}, format = 'newline_delimited')`
    await session.run(`copy (${query}) to ${literal(partial)} (format parquet)`)
    await rename(partial, output)
  } finally {
    session.close()
    database.close()
    await rm(partial, { force: true })
    await rm(folder, { recursive: true, force: true })
  }
}
