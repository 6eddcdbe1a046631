/**
 * Adding windows up inside DuckDB, so that a month of them never crosses into JavaScript.
 * Parameters: deployment, from, to and step in milliseconds. `merge-windows.ts` defines the sums; a test compares.
 */
const chosen = `
chosen as (
  select *, role <> 'shadow' answers, epoch_ms(window_start) // $4::bigint slot
  from monitoring.windows
  where deployment = $1 and window_start >= make_timestamp_ms($2::bigint) and window_start < make_timestamp_ms($3::bigint)
)`

/** One JSON document `{slot, value: Traffic}` a row. */
export const trafficSql = `
with ${chosen},
sums as (
  select slot, min(epoch_ms(window_start)) "start", max(epoch_ms(window_end)) "end",
    coalesce(sum(requests) filter (answers), 0) requests, coalesce(sum(rows) filter (answers), 0) "rows",
    coalesce(sum(latency_sum) filter (answers), 0) latencySum,
    coalesce(sum(bytes_in) filter (answers), 0) bytesIn, coalesce(sum(bytes_out) filter (answers), 0) bytesOut,
    sum(cpu_seconds) cpuSeconds, max(event_loop_delay_ms) eventLoopDelayMs
  from chosen group by slot
),
memory as (
  select slot, sum(bytes) memoryBytes
  from (select slot, instance, arg_max(memory_bytes, window_end) bytes from chosen group by slot, instance)
  group by slot
),
latencies as (
  select slot, list(count order by place) latency
  from (
    select slot, place, sum(count) count
    from (select slot, unnest(case when answers then latency else list_transform(latency, lambda x: 0) end) count, unnest(range(len(latency))) place from chosen)
    group by slot, place
  )
  group by slot
),
codes as (
  select slot, map(list(code), list(count)) statuses
  from (
    select slot, entry.key code, sum(entry.value) count
    from (select slot, unnest(map_entries(statuses)) entry from chosen where answers)
    group by slot, code
  )
  group by slot
)
select to_json({slot: slot, value: {
  "start": "start", "end": "end", requests: requests::bigint, "rows": "rows"::bigint,
  statuses: coalesce(statuses::map(varchar, bigint), map {}::map(varchar, bigint)),
  latency: latency::bigint[], latencySum: latencySum, bytesIn: bytesIn::bigint, bytesOut: bytesOut::bigint,
  cpuSeconds: cpuSeconds, memoryBytes: memoryBytes, eventLoopDelayMs: eventLoopDelayMs
}})::varchar bucket
from sums join memory using (slot) join latencies using (slot) left join codes using (slot)
order by slot`

/**
 * One JSON document `{slot, value: Counted}` a row. More parameters: model name, version, layout hash, and
 * whether what answered is meant rather than what was scored as a shadow.
 * Moments are combined around the joint mean, which does not cancel.
 */
export const countedSql = `
with ${chosen},
parts as (
  select c.slot, k.role, k.position, k.counts, k.n, k.mean, k.m2, k.min, k.max,
    coalesce(sum(k.n * k.mean) over same / nullif(sum(k.n) over same, 0), 0) joint
  from chosen c join monitoring.columns k using (deployment, instance, cursor)
  where c.model = $5 and c.version = $6 and c.layout_hash = $7 and c.answers = $8
  window same as (partition by c.slot, k.role, k.position)
),
moments as (
  select slot, role, position, sum(n) n, any_value(joint) mean,
    sum(m2 + n * (mean - joint) * (mean - joint)) m2, min(min) min, max(max) max
  from parts group by slot, role, position
),
slots as (
  select slot, role, position, list(count order by place) counts
  from (
    select slot, role, position, place, sum(count) count
    from (select slot, role, position, unnest(counts) count, unnest(range(len(counts))) place from parts)
    group by slot, role, position, place
  )
  group by slot, role, position
),
columns as (
  select slot, role, position, {counts: counts::bigint[], n: n::bigint, mean: mean, m2: m2, min: min, max: max} stats
  from moments join slots using (slot, role, position)
)
select to_json({slot: slot, value: {
  layoutHash: $7,
  features: coalesce(list(stats order by position) filter (role = 'feature'), []),
  outputs: coalesce(list(stats order by position) filter (role = 'output'), [])
}})::varchar bucket
from columns group by slot order by slot`

/** One row for every version and role: what each of them did in the period. Parameters: deployment, from, to, 1. */
export const versionsSql = `
with ${chosen},
sums as (
  select model, version, role, arg_max(layout_hash, window_end) layoutHash,
    sum(requests)::bigint requests, sum(rows)::bigint "rows"
  from chosen group by model, version, role
),
latencies as (
  select model, version, role, list(count order by place)::bigint[] latency
  from (
    select model, version, role, place, sum(count) count
    from (select model, version, role, unnest(latency) count, unnest(range(len(latency))) place from chosen)
    group by model, version, role, place
  )
  group by model, version, role
),
codes as (
  select model, version, role, sum(entry.value)::bigint errors
  from (select model, version, role, unnest(map_entries(statuses)) entry from chosen)
  where entry.key::integer >= 400
  group by model, version, role
)
select to_json({model: {name: model, version: version}, role: role, layoutHash: layoutHash, requests: requests,
  "rows": "rows", errors: coalesce(errors, 0), latency: latency})::varchar found
from sums join latencies using (model, version, role) left join codes using (model, version, role)
order by case role when 'active' then 0 when 'canary' then 1 else 2 end, version desc`
