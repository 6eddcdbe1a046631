/** HOT: scored rows into PostgreSQL by COPY. */
import { finished } from 'node:stream/promises'
import { from as copyFrom } from 'pg-copy-streams'
import { Failure } from '../../../shared/failure.ts'
import { sqlName, sqlRelation, sqlText } from '../duckdb-session.ts'
import { shownLocation } from '../locations.ts'
import { plainValue } from '../plain-value.ts'
import { openPostgres, type PostgresLocation, postgresFailure } from '../postgres-session.ts'
import type { ChunkColumn } from '../row-chunk.ts'
import type { ScoredChunk } from '../score-chunk.ts'
import { createGrowingBytes } from './growing-bytes.ts'
import type { Sink } from './sink.ts'
import { stagingName } from './staging-name.ts'

const types: Record<string, string> = {
  BOOLEAN: 'boolean',
  TINYINT: 'smallint',
  UTINYINT: 'smallint',
  SMALLINT: 'smallint',
  USMALLINT: 'integer',
  INTEGER: 'integer',
  UINTEGER: 'bigint',
  BIGINT: 'bigint',
  UBIGINT: 'numeric(20)',
  HUGEINT: 'numeric(39)',
  UHUGEINT: 'numeric(39)',
  FLOAT: 'real',
  DOUBLE: 'double precision',
  DATE: 'date',
  TIME: 'time',
  UUID: 'uuid',
  JSON: 'json',
  TIMESTAMP: 'timestamp',
  TIMESTAMP_S: 'timestamp',
  TIMESTAMP_MS: 'timestamp',
  TIMESTAMP_NS: 'timestamp',
  'TIMESTAMP WITH TIME ZONE': 'timestamptz',
}

function postgresType({ type: { sql } }: ChunkColumn): string {
  return types[sql] ?? (sql.startsWith('DECIMAL(') ? sql.replace('DECIMAL', 'numeric') : 'text')
}

const nullText = '\\N'

/** A cell that COPY reads back as it is: quoted wherever it could be taken for something else. */
function cell(value: ReturnType<typeof plainValue>): string {
  if (value === null) return nullText
  if (typeof value !== 'string') return String(value)
  return /^$|[",\r\n\\]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value
}

/** A table of PostgreSQL, made beside itself and named at the end. */
export async function createPostgresSink(
  to: PostgresLocation,
  columns: readonly ChunkColumn[],
  added: readonly ChunkColumn[],
  append: boolean,
): Promise<Sink> {
  const shown = shownLocation(to)
  const session = await openPostgres(to)
  const names = to.relation.split('.')
  const table = sqlRelation(to.relation)
  const own = names.at(-1) ?? ''
  const staging = [...names.slice(0, -1), stagingName(own)].map(sqlName).join('.')
  const out = createGrowingBytes()
  let working = false
  const begin = async () => {
    if (!working) await session.rows('begin')
    working = true
  }
  const exists = async (name: string): Promise<boolean> => {
    const [found] = await session.rows('select to_regclass($1) is not null as there', [name])
    return found?.there === true
  }
  return {
    async open(resume) {
      if ((await exists(table)) && !append) {
        throw new Failure(
          'already-exists',
          `${shown} exists already.`,
          'Name another table, or add to this one with --append.',
        )
      }
      if (resume && (await exists(staging))) {
        const [found] = await session.rows(`select obj_description($1::regclass, 'pg_class') as state`, [
          staging,
        ])
        return typeof found?.state === 'string' ? found.state : null
      }
      const list = [...columns, ...added].map((column) => `${sqlName(column.name)} ${postgresType(column)}`)
      await session.rows(`drop table if exists ${staging}`)
      await session.rows(`create table ${staging} (${list.join(', ')})`)
      return null
    },
    async write({ chunk, kept, labels, probabilities }: ScoredChunk) {
      await begin()
      out.reset()
      const classes = added.length - 1
      for (let i = 0; i < kept.length; i++) {
        for (const [c, { type }] of columns.entries()) {
          out.text(`${cell(plainValue(chunk.values[c]?.[kept[i]!], type, chunk.textCells))},`)
        }
        out.text(cell(labels[i]!))
        for (let k = 0; k < classes; k++) out.text(`,${probabilities[i * classes + k]}`)
        out.text('\n')
      }
      try {
        const stream = session.client.query(
          copyFrom(`copy ${staging} from stdin with (format csv, null '${nullText}')`),
        )
        stream.end(out.taken())
        await finished(stream)
      } catch (error) {
        throw postgresFailure(error, shown)
      }
    },
    async commit(state) {
      await begin()
      await session.rows(
        `comment on table ${staging} is ${sqlText(state).replaceAll('\\', '\\\\').replace(/^/, 'E')}`,
      )
      await session.rows('commit')
      working = false
    },
    async finish() {
      await begin()
      if (append && (await exists(table))) {
        const list = [...columns, ...added].map(({ name }) => sqlName(name)).join(', ')
        await session.rows(`insert into ${table} (${list}) select ${list} from ${staging}`)
        await session.rows(`drop table ${staging}`)
      } else {
        await session.rows(`comment on table ${staging} is null`)
        await session.rows(`alter table ${staging} rename to ${sqlName(own)}`)
      }
      await session.rows('commit')
      working = false
      await session.close()
    },
    async abandon(keep) {
      if (working) await session.rows('rollback').catch(() => {})
      if (!keep) await session.rows(`drop table if exists ${staging}`).catch(() => {})
      await session.close()
    },
  }
}
