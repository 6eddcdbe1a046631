import { z } from 'zod'
import { decodeJson } from '../../shared/decode.ts'
import type { Baseline } from '../../shared/drift/baseline.ts'
import type { LogEntry } from '../../shared/drift/log-entry.ts'
import { type MonitoredModel, monitoredModelSchema } from '../../shared/drift/log-entry.ts'
import type { Counted, Traffic } from '../../shared/drift/merge-windows.ts'
import { type Window, windowRoleSchema } from '../../shared/drift/window.ts'
import type { Database, Session } from '../data/database.ts'
import { type Bucket, createBucketCache } from './bucket-cache.ts'
import { countedSql, trafficSql, versionsSql } from './bucket-sql.ts'
import { columnRows, insertJson, logRows, timestamp, windowRow } from './json-rows.ts'
import { monitoringSchema } from './schema.ts'

/** How far a deployment has been read. */
export interface PullState {
  windows: number
  predictions: number
  /** Milliseconds since the epoch; null before the first successful pull. */
  pulled: number | null
}

export interface Period {
  deployment: string
  /** Milliseconds since the epoch; windows that start in [from, to) belong to it. */
  from: number
  to: number
}

/** Monitoring data in the workspace database, schema `monitoring`. */
export interface MonitoringStore {
  pullState(deployment: string): Promise<PullState>
  /** Deployments and endpoints that were ever read. */
  known(): Promise<{ deployment: string; endpoint: string }[]>
  /** Stores a page whole or not at all; windows stored before with the same instance and cursor are replaced. */
  putWindows(deployment: string, baseline: Baseline, windows: readonly Window[]): Promise<void>
  putLog(deployment: string, entries: readonly LogEntry[]): Promise<void>
  putPullState(deployment: string, endpoint: string, state: PullState): Promise<void>
  putModel(deployment: string, model: MonitoredModel): Promise<void>
  /** The version given, or the one that was stored last. */
  model(deployment: string, version?: { name: string; version: number }): Promise<MonitoredModel | null>
  /** The version that answered last: of the newest window that is no canary's or shadow's. */
  newestModel(deployment: string): Promise<{ name: string; version: number } | null>
  longestWindow(period: Period): Promise<number>
  /** Traffic of every model version, per step of `step` milliseconds, oldest first. */
  traffic(period: Period, step: number): Promise<Bucket<Traffic>[]>
  /** Counts of one model version, of the rows that it answered or of those scored as a shadow, per step. */
  counted(
    period: Period,
    step: number,
    model: { name: string; version: number },
    layoutHash: string,
    as?: 'answers' | 'shadow',
  ): Promise<Bucket<Counted>[]>
  /** What each version did in each of its roles: the active one first, shadows last. */
  versions(period: Period): Promise<VersionTraffic[]>
  /** Rows of feedback to predictions made in the period. */
  feedbackCount(period: Period): Promise<number>
  /** Feedback of every deployment and any time. */
  allFeedback(): Promise<number>
  /**
   * Predictions of one version whose truth is known, as text, with probabilities. A replica may have taken the feedback
   * to another one's predictions, and each is pulled under a name of its own: ids are unique, and the latest truth counts.
   */
  labelled(
    period: Period,
    model: { name: string; version: number },
  ): Promise<{ prediction: string; actual: string; probabilities: number[] | null }[]>
  close(): void
}

const versionTrafficSchema = z.strictObject({
  model: z.strictObject({ name: z.string(), version: z.number() }),
  role: windowRoleSchema,
  /** The bins of its newest window. */
  layoutHash: z.string(),
  requests: z.number(),
  rows: z.number(),
  /** Answers of status 400 and above. */
  errors: z.number(),
  latency: z.array(z.number()),
})
/** What one version did in one role over a period. */
export type VersionTraffic = z.infer<typeof versionTrafficSchema>

const bucketRow = z.object({ slot: z.number(), value: z.unknown() })

/** Windows turned into one JSON text: few enough that writing it does not hold up the engine. */
const windowsAtOnce = 200

export async function openMonitoringStore(database: Database): Promise<MonitoringStore> {
  const session = await database.session()
  const cache = createBucketCache()
  await session.run(monitoringSchema)

  /** Transactions of one connection must not meet; reads in between would see half of one. */
  let turn: Promise<unknown> = Promise.resolve()
  function inTurn<T>(action: () => Promise<T>): Promise<T> {
    const mine = turn.then(action)
    turn = mine.catch(() => undefined)
    return mine
  }
  const transaction = (action: () => Promise<void>): Promise<void> =>
    inTurn(async () => {
      await session.run('begin')
      try {
        await action()
        await session.run('commit')
      } catch (error) {
        await session.run('rollback').catch(() => undefined)
        throw error
      }
    })
  const rows: Session['rows'] = (sql, values) => inTurn(() => session.rows(sql, values))

  async function buckets<T>(
    sql: string,
    values: readonly (string | number | boolean)[],
  ): Promise<Bucket<T>[]> {
    const found = await rows(sql, values)
    return found.map((row) => {
      // Written by the statement above it in this same folder: the shape is ours, only the numbers are data.
      const bucket = decodeJson(bucketRow, String(row.bucket), 'monitoring data in the workspace database')
      return { slot: bucket.slot, value: bucket.value as T }
    })
  }

  return {
    async pullState(deployment) {
      const [row] = await rows(
        'select windows_cursor::double w, predictions_cursor::double p, epoch_ms(pulled)::double t from monitoring.pulls where deployment = $1',
        [deployment],
      )
      if (!row) return { windows: 0, predictions: 0, pulled: null }
      return {
        windows: Number(row.w),
        predictions: Number(row.p),
        pulled: row.t === null ? null : Number(row.t),
      }
    },
    async known() {
      const found = await rows('select deployment, endpoint from monitoring.pulls order by deployment')
      return found.map((row) => ({ deployment: String(row.deployment), endpoint: String(row.endpoint) }))
    },
    async putWindows(deployment, baseline, windows) {
      await transaction(async () => {
        const keys = JSON.stringify(windows.map(({ instance, cursor }) => ({ instance, cursor })))
        for (const table of ['windows', 'columns']) {
          await session.run(
            `delete from monitoring.${table} where deployment = $1 and (instance, cursor) in
             (select (k.instance, k.cursor) from (select unnest(from_json($2, '[{"instance":"VARCHAR","cursor":"BIGINT"}]')) k))`,
            [deployment, keys],
          )
        }
        for (let from = 0; from < windows.length; from += windowsAtOnce) {
          const part = windows.slice(from, from + windowsAtOnce)
          const rowsOfPart = part.map((window) => windowRow(deployment, window))
          await insertJson(session, 'windows', rowsOfPart)
          const columns = part.flatMap((window) => columnRows(deployment, baseline, window))
          await insertJson(session, 'columns', columns)
        }
      })
      cache.changed(
        deployment,
        windows.map((window) => window.start),
      )
    },
    putLog: (deployment, entries) =>
      transaction(async () => {
        const { predictions, feedback } = logRows(deployment, entries)
        for (const [table, values] of [
          ['predictions', predictions],
          ['feedback', feedback],
        ] as const) {
          if (values.size === 0) continue
          await session.run(
            `delete from monitoring.${table} where deployment = $1 and id in (select unnest(from_json($2, '["VARCHAR"]')))`,
            [deployment, JSON.stringify([...values.keys()])],
          )
          await insertJson(session, table, [...values.values()])
        }
      }),
    putPullState: (deployment, endpoint, state) =>
      transaction(async () => {
        await session.run('delete from monitoring.pulls where deployment = $1', [deployment])
        await session.run('insert into monitoring.pulls values ($1, $2, $3, $4, $5::timestamp)', [
          deployment,
          endpoint,
          state.windows,
          state.predictions,
          state.pulled === null ? null : timestamp(state.pulled),
        ])
      }),
    putModel: (deployment, { model, signature, baseline }) =>
      transaction(async () => {
        await session.run(
          'delete from monitoring.models where deployment = $1 and model = $2 and version = $3',
          [deployment, model.name, model.version],
        )
        await session.run('insert into monitoring.models values ($1, $2, $3, $4, $5, $6)', [
          deployment,
          model.name,
          model.version,
          baseline.layoutHash,
          JSON.stringify(signature),
          JSON.stringify(baseline),
        ])
      }),
    async model(deployment, version) {
      const [row] = await rows(
        `select to_json({model: {name: model, version: version}, signature: signature, baseline: baseline})::varchar j
         from monitoring.models where deployment = $1 and ($2::varchar is null or (model = $2 and version = $3))
         order by rowid desc limit 1`,
        [deployment, version?.name ?? null, version?.version ?? null],
      )
      return row
        ? decodeJson(monitoredModelSchema, String(row.j), `the stored baseline of ${deployment}`)
        : null
    },
    async newestModel(deployment) {
      const [row] = await rows(
        "select model, version from monitoring.windows where deployment = $1 order by role = 'active' desc, window_end desc, cursor desc limit 1",
        [deployment],
      )
      return row ? { name: String(row.model), version: Number(row.version) } : null
    },
    async longestWindow({ deployment, from, to }) {
      const [row] = await rows(
        `select coalesce(max(epoch_ms(window_end) - epoch_ms(window_start)), 0)::double ms from monitoring.windows
         where deployment = $1 and window_start >= make_timestamp_ms($2::bigint) and window_start < make_timestamp_ms($3::bigint)`,
        [deployment, from, to],
      )
      return Number(row?.ms ?? 0)
    },
    traffic: (period, step) => {
      const { deployment } = period
      return cache.buckets({ deployment, key: 'traffic' }, period, step, ([from, to]) =>
        buckets<Traffic>(trafficSql, [deployment, from, to, step]),
      )
    },
    counted: (period, step, { name, version }, layoutHash, as = 'answers') => {
      const { deployment } = period
      const about = { deployment, key: JSON.stringify([name, version, layoutHash, as]) }
      return cache.buckets(about, period, step, ([from, to]) =>
        buckets<Counted>(countedSql, [
          ...[deployment, from, to, step, name, version, layoutHash],
          as === 'answers',
        ]),
      )
    },
    async versions({ deployment, from, to }) {
      const found = await rows(versionsSql, [deployment, from, to, 1])
      return found.map((row) =>
        decodeJson(versionTrafficSchema, String(row.found), 'monitoring data in the workspace database'),
      )
    },
    async feedbackCount({ deployment, from, to }) {
      const [row] = await rows(
        `select count(*)::double n from monitoring.feedback
         where deployment = $1 and time >= make_timestamp_ms($2::bigint) and time < make_timestamp_ms($3::bigint)`,
        [deployment, from, to],
      )
      return Number(row?.n ?? 0)
    },
    async allFeedback() {
      const [row] = await rows('select count(*)::double n from monitoring.feedback')
      return Number(row?.n ?? 0)
    },
    async labelled({ deployment, from, to }, model) {
      const found = await rows(
        `select p.prediction, f.actual, to_json(p.probabilities)::varchar probabilities
         from monitoring.predictions p join (
           select id, arg_max(actual, time) actual, max(time) as time from monitoring.feedback
           where time >= make_timestamp_ms($2::bigint) group by id
         ) f using (id)
         where p.deployment = $1 and f.time < make_timestamp_ms($3::bigint) and p.model = $4 and p.version = $5
         order by f.time desc, id limit 100000`,
        [deployment, from, to, model.name, model.version],
      )
      return found.map((row) => ({
        prediction: String(row.prediction),
        actual: String(row.actual),
        probabilities:
          typeof row.probabilities === 'string'
            ? decodeJson(z.array(z.number()).nullable(), row.probabilities, 'logged probabilities')
            : null,
      }))
    },
    close: () => session.close(),
  }
}
