import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import type { Provenance } from '../../shared/catalog/version.ts'
import { quote, type Session } from '../data/database.ts'
import type { SourceColumn } from './choose-columns.ts'

/** Runs a program in a folder; rejects where it is missing or fails. */
export type RunProgram = (program: string, args: readonly string[], folder: string) => Promise<string>

const execute = promisify(execFile)

export const runProgram: RunProgram = async (program, args, folder) =>
  (await execute(program, [...args], { cwd: folder, timeout: 5_000, windowsHide: true })).stdout.trim()

/** An address without the user and password that some are written with. */
function withoutSecrets(remote: string): string {
  return remote.replace(/^([a-z+]+:\/\/)[^@/]*@/i, '$1')
}

/** The workspace's git state; null where it is no repository, has no commit or git is not installed. */
export async function gitState(folder: string, run: RunProgram): Promise<Provenance['git']> {
  try {
    const commit = await run('git', ['rev-parse', 'HEAD'], folder)
    const branch = await run('git', ['rev-parse', '--abbrev-ref', 'HEAD'], folder)
    const changed = await run('git', ['status', '--porcelain', '--untracked-files=no'], folder)
    const remote = await run('git', ['remote', 'get-url', 'origin'], folder).catch(() => '')
    const state = { commit, branch: branch === 'HEAD' ? null : branch, dirty: changed !== '' }
    return remote === '' ? state : { ...state, repository: withoutSecrets(remote) }
  } catch {
    return null
  }
}

export function sha256(text: string | Uint8Array): string {
  return createHash('sha256').update(text).digest('hex')
}

/**
 * What the relation held: its definition, rows, and a hash of its rows that does not depend on their order.
 * DuckDB's row hash is stable for one DuckDB version, which the provenance names beside it.
 */
export async function dataFingerprint(
  session: Session,
  relation: string,
  quotedRelation: string,
  columns: readonly SourceColumn[],
): Promise<Provenance['data']> {
  const row = `hash(${columns.map(({ name }) => quote(name)).join(', ')})`
  const [content] = await session.rows(
    `select count(*)::double as n, bit_xor(h)::varchar as mixed, sum(h)::varchar as total
     from (select ${row} as h from ${quotedRelation})`,
  )
  const rows = Number(content?.n)
  const described = columns.map(({ name, sourceType }) => [name, sourceType])
  const contentHash = sha256(JSON.stringify([described, rows, content?.mixed ?? '', content?.total ?? '']))
  const [schema, name] = relation.includes('.') ? relation.split(/\.(.*)/s) : ['main', relation]
  const [view] = await session.rows(
    'select sql from duckdb_views() where lower(schema_name) = lower($1) and lower(view_name) = lower($2) limit 1',
    [schema ?? 'main', name ?? relation],
  )
  return { relation, sql: view ? String(view.sql) : null, rows, contentHash }
}
