import pg from 'pg'
import { Failure } from '../../shared/failure.ts'
import { type Location, shownLocation } from './locations.ts'

export type PostgresLocation = Extract<Location, { kind: 'postgres' }>

/** What PostgreSQL said, as a failure that does not show the password. */
export function postgresFailure(error: unknown, shown: string): unknown {
  if (error instanceof Failure || !(error instanceof Error)) return error
  const code = 'code' in error ? String(error.code) : ''
  const server = shown.slice(0, shown.indexOf('#'))
  // An error of several addresses has no message of its own.
  const first = error instanceof AggregateError ? error.errors[0] : error
  const message = first instanceof Error ? first.message : String(first)
  if (/^(ECONNREFUSED|ENOTFOUND|ETIMEDOUT|ENOENT|ECONNRESET)$/.test(code)) {
    return new Failure(
      'unreachable',
      `${server} does not answer: ${message}.`,
      'Check host and port, and that the server runs.',
    )
  }
  if (code === '42P01' || code === '3D000')
    return new Failure('not-found', `${shown}: ${message}.`, 'Check the name.')
  return new Failure('failed', `${shown}: ${message}.`, 'Correct it and score again.')
}

export interface PostgresSession {
  readonly client: pg.Client
  rows(sql: string, values?: readonly unknown[]): Promise<Record<string, unknown>[]>
  close(): Promise<void>
}

/**
 * Connects. The password may also come from `PGPASSWORD` or the user's `.pgpass` file.
 *
 * @throws Failure `unreachable`, `not-found` or `failed`
 */
export async function openPostgres(location: PostgresLocation): Promise<PostgresSession> {
  const shown = shownLocation(location)
  const client = new pg.Client({ connectionString: location.url, application_name: 'slipway score' })
  // A connection that breaks while nothing is asked of it is told by the next statement.
  client.on('error', () => {})
  try {
    await client.connect()
    // Text of times must not depend on the server's settings.
    await client.query(`set datestyle to iso, mdy; set time zone 'UTC'; set intervalstyle to postgres`)
  } catch (error) {
    throw postgresFailure(error, shown)
  }
  return {
    client,
    async rows(sql, values = []) {
      try {
        const { rows } = await client.query<Record<string, unknown>>(sql, [...values])
        return rows
      } catch (error) {
        throw postgresFailure(error, shown)
      }
    },
    async close() {
      await client.end().catch(() => {})
    },
  }
}
