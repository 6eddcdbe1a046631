import { existsSync } from 'node:fs'
import { open as openFile, rename, rm } from 'node:fs/promises'
import { Failure } from '../../../shared/failure.ts'
import { type DuckDbSession, openDuckDb, sqlName, sqlRelation, sqlText } from '../duckdb-session.ts'
import { type Location, shownLocation } from '../locations.ts'
import type { ChunkColumn } from '../row-chunk.ts'
import { syncFolder, writeFailure } from './partial-file.ts'
import type { Sink } from './sink.ts'
import { type Joined, stageRows } from './stage-rows.ts'

/** A Parquet file of what DuckDB alone can write, put together in a database of its own beside it. */
export async function createStagedParquetSink(
  path: string,
  columns: readonly ChunkColumn[],
  added: readonly ChunkColumn[],
  joined: Joined | null,
): Promise<Sink> {
  const part = `${path}.part`
  const whole = `${path}.part.parquet`
  let session: DuckDbSession | null = null
  let staged: Awaited<ReturnType<typeof stageRows>> | null = null
  const held = () => {
    if (staged === null || session === null) throw new Error(`${part} is not open.`)
    return { staged, session }
  }
  const clear = async () => {
    for (const file of [part, `${part}.wal`, whole]) await rm(file, { force: true })
  }
  return {
    async open(resume) {
      try {
        if (!resume) await clear()
        session = await openDuckDb(part, path)
        staged = await stageRows({ session, staging: 'rows', columns, added, joined })
        return await staged.open(resume)
      } catch (error) {
        throw writeFailure(path, error)
      }
    },
    write: (scored) => held().staged.write(scored),
    commit: (state) => held().staged.commit(state),
    async finish() {
      const parts = held()
      await parts.staged.settle()
      if (joined?.attach) await parts.session.run(joined.attach)
      await parts.session.run(`copy (${parts.staged.query()}) to ${sqlText(whole)} (format parquet)`)
      // What is staged has served: tidying it up before it is removed would cost as much as writing it.
      await parts.session.run('pragma disable_checkpoint_on_shutdown')
      parts.session.close()
      session = null
      try {
        await rename(whole, path)
        await syncFolder(path)
      } catch (error) {
        throw writeFailure(path, error)
      }
      await clear()
    },
    async abandon(keep) {
      await staged?.rollback()
      session?.close()
      session = null
      if (!keep) await clear()
    },
  }
}

/**
 * DuckDB opens a file of rows as a database in memory, with a view of them: a table written there would be lost.
 *
 * @throws Failure where a file is there that is no DuckDB database
 */
async function assertDatabase(path: string): Promise<void> {
  const head = Buffer.alloc(12)
  const file = await openFile(path, 'r').catch(() => null)
  const { bytesRead } = (await file?.read(head, 0, head.length, 0).finally(() => file.close())) ?? {
    bytesRead: 0,
  }
  // An empty file becomes a database.
  if (bytesRead === 0 || head.toString('latin1', 8) === 'DUCK') return
  throw new Failure(
    'invalid-input',
    `${path} is no DuckDB database, so no table can be written into it.`,
    'Name another file, or one that is not there yet.',
  )
}

/** A table of a DuckDB database, made beside itself and named at the end. */
export async function createDuckDbSink(
  to: Extract<Location, { kind: 'duckdb' }>,
  columns: readonly ChunkColumn[],
  added: readonly ChunkColumn[],
  append: boolean,
  joined: Joined | null,
): Promise<Sink> {
  const shown = shownLocation(to)
  const fresh = !existsSync(to.path)
  await assertDatabase(to.path)
  const session = await openDuckDb(to.path, shown)
  const names = to.relation.split('.')
  const table = sqlRelation(to.relation)
  const staging = `${names.at(-1)}__slipway_part`
  const staged = await stageRows({ session, staging, columns, added, joined })
  let open = true
  const exists = async (): Promise<boolean> => {
    const schema = names.length > 1 ? ` and schema_name = ${sqlText(names.at(-2) ?? '')}` : ''
    const [found] = await session.rows(
      `select count(*)::double as n from duckdb_tables() where table_name = ${sqlText(names.at(-1) ?? '')}${schema}`,
    )
    return found?.n !== 0
  }
  return {
    async open(resume) {
      if ((await exists()) && !append) {
        throw new Failure(
          'already-exists',
          `${shown} exists already.`,
          'Name another table, or add to this one with --append.',
        )
      }
      return await staged.open(resume)
    },
    write: (scored) => staged.write(scored),
    commit: (state) => staged.commit(state),
    async finish() {
      await staged.settle()
      if (joined?.attach) await session.run(joined.attach)
      await session.run('begin')
      const query = staged.query()
      await session.run(
        append && (await exists())
          ? `insert into ${table} by name ${query}`
          : `create table ${table} as ${query}`,
      )
      await session.run(`drop table ${sqlName(staging)}`)
      await session.run('commit')
      open = false
      session.close()
    },
    async abandon(keep) {
      if (!open) return
      await staged.rollback()
      if (!keep) await session.run(`drop table if exists ${sqlName(staging)}`).catch(() => {})
      session.close()
      if (!keep && fresh) for (const file of [to.path, `${to.path}.wal`]) await rm(file, { force: true })
    },
  }
}
