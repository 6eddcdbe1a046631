import type { Baseline } from '../../shared/drift/baseline.ts'
import type { LogEntry } from '../../shared/drift/log-entry.ts'
import type { Window } from '../../shared/drift/window.ts'
import type { Session } from '../data/database.ts'

const windows = `{"deployment":"VARCHAR","instance":"VARCHAR","cursor":"BIGINT","model":"VARCHAR","version":"INTEGER",
"role":"VARCHAR","layout_hash":"VARCHAR","window_start":"TIMESTAMP","window_end":"TIMESTAMP","open":"BOOLEAN","requests":"BIGINT","rows":"BIGINT",
"statuses":"MAP(VARCHAR,BIGINT)","latency":["BIGINT"],"latency_sum":"DOUBLE","bytes_in":"BIGINT","bytes_out":"BIGINT",
"cpu_seconds":"DOUBLE","memory_bytes":"DOUBLE","event_loop_delay_ms":"DOUBLE"}`
const columns = `{"deployment":"VARCHAR","instance":"VARCHAR","cursor":"BIGINT","role":"VARCHAR","position":"INTEGER",
"name":"VARCHAR","counts":["BIGINT"],"n":"BIGINT","mean":"DOUBLE","m2":"DOUBLE","min":"DOUBLE","max":"DOUBLE"}`
const predictions = `{"deployment":"VARCHAR","id":"VARCHAR","time":"TIMESTAMP","model":"VARCHAR","version":"INTEGER",
"prediction":"VARCHAR","probabilities":["DOUBLE"]}`
const feedback = `{"deployment":"VARCHAR","id":"VARCHAR","time":"TIMESTAMP","actual":"VARCHAR"}`

/** The columns of each table as DuckDB's `from_json` wants them; see `schema.ts` for what they hold. */
const shapes = { windows, columns, predictions, feedback }

/** Everything that is pulled goes in as one JSON text and out as one, so a page is one statement however wide. */
export async function insertJson(session: Session, table: keyof typeof shapes, rows: readonly unknown[]) {
  if (rows.length === 0) return
  await session.run(
    `insert into monitoring.${table} by name select * from (select unnest(from_json($1, '[${shapes[table]}]'), recursive := true))`,
    [JSON.stringify(rows)],
  )
}

/** DuckDB's text of a time in UTC. */
export const timestamp = (ms: number) => new Date(ms).toISOString().replace('Z', '')

export function windowRow(deployment: string, window: Window) {
  return {
    deployment,
    instance: window.instance,
    cursor: window.cursor,
    model: window.model.name,
    version: window.model.version,
    role: window.role,
    layout_hash: window.layoutHash,
    window_start: timestamp(window.start),
    window_end: timestamp(window.end),
    open: window.open,
    requests: window.requests,
    rows: window.rows,
    statuses: window.statuses,
    latency: window.latency,
    latency_sum: window.latencySum,
    bytes_in: window.bytesIn,
    bytes_out: window.bytesOut,
    cpu_seconds: window.cpuSeconds,
    memory_bytes: window.memoryBytes,
    event_loop_delay_ms: window.eventLoopDelayMs,
  }
}

export function columnRows(deployment: string, baseline: Baseline, window: Window) {
  const of = (role: 'feature' | 'output') =>
    (role === 'feature' ? window.features : window.outputs).map((counts, position) => ({
      deployment,
      instance: window.instance,
      cursor: window.cursor,
      role,
      position,
      name: (role === 'feature' ? baseline.features : baseline.outputs)[position]?.layout.name ?? '',
      ...counts,
    }))
  return [...of('feature'), ...of('output')]
}

/** Rows by prediction id: the last entry of an id counts, also within a page. */
export function logRows(deployment: string, entries: readonly LogEntry[]) {
  const predictions = new Map<string, object>()
  const feedback = new Map<string, object>()
  for (const entry of entries) {
    const common = { deployment, id: entry.id, time: timestamp(entry.at) }
    if (entry.type === 'feedback') feedback.set(entry.id, { ...common, actual: String(entry.actual) })
    else {
      predictions.set(entry.id, {
        ...common,
        model: entry.model.name,
        version: entry.model.version,
        prediction: String(entry.prediction),
        probabilities: entry.probabilities ?? null,
      })
    }
  }
  return { predictions, feedback }
}
