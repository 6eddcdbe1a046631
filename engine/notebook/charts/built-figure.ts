import { Failure } from '../../../shared/failure.ts'
import type { Output } from '../../../shared/notebook/cell-state.ts'
import type { BuiltChart } from '../../../shared/notebook/chart-spec.ts'
import { literal, quote, type Session } from '../../data/database.ts'
import { kindOfType } from '../../data/profile.ts'
import {
  type ChartSource,
  chartSource,
  pointLimit,
  readColumns,
  sampleClause,
  sampleNote,
} from './chart-source.ts'

const seriesLimit = 20
const heatmapBins = 40

type Trace = Record<string, unknown>
interface Drawn {
  data: Trace[]
  note: string
  yTitle?: string
  layout?: Record<string, unknown>
}

const aggregateSql: Record<NonNullable<BuiltChart['aggregate']>, (column: string) => string> = {
  count: () => 'count(*)',
  sum: (column) => `sum(${column})::double`,
  mean: (column) => `avg(${column})::double`,
  median: (column) => `median(${column})::double`,
  min: (column) => `min(${column})`,
  max: (column) => `max(${column})`,
}

/** The measure of an aggregated chart and its title. */
function measure(spec: BuiltChart, column: string | undefined): { sql: string; title: string } {
  if (column === undefined) return { sql: 'count(*)', title: 'count' }
  const aggregate = spec.aggregate ?? 'mean'
  return {
    sql: aggregateSql[aggregate](quote(column)),
    title: aggregate === 'count' ? 'count' : `${aggregate} of ${column}`,
  }
}

interface Series {
  name: string | null
  /** SQL condition that picks the series' rows. */
  where: string
}

/** One series a colour value, the most frequent first. */
async function seriesOf(
  session: Session,
  source: ChartSource,
  color: string | undefined,
): Promise<{ series: Series[]; note: string }> {
  if (color === undefined) return { series: [{ name: null, where: 'true' }], note: '' }
  const column = quote(color)
  const [names = [], totals = []] = await readColumns(
    session,
    `select ${column}::varchar as name, count(*) over () as total from ${source.relation}
     group by ${column} order by count(*) desc, name limit ${seriesLimit}`,
  )
  const total = Number(totals[0] ?? 0)
  const series = names.map((name) =>
    name === null
      ? { name: 'missing', where: `${column} is null` }
      : { name: String(name), where: `${column}::varchar = ${literal(String(name))}` },
  )
  return {
    series,
    note:
      total > seriesLimit
        ? `the ${seriesLimit} most frequent of ${total.toLocaleString('en')} values of ${color}`
        : '',
  }
}

function named(series: Series, trace: Trace): Trace {
  return series.name === null ? trace : { ...trace, name: series.name }
}

const traceStyles: Record<'bar' | 'line' | 'area' | 'scatter', Trace> = {
  bar: { type: 'bar' },
  line: { type: 'scatter', mode: 'lines' },
  area: { type: 'scatter', mode: 'lines', fill: 'tozeroy' },
  scatter: { type: 'scattergl', mode: 'markers' },
}

/**
 * Bars of the values as they are. Those at the same place stand on each other, so what is read there is their sum: it
 * is taken over all rows, never over a sample, and named where there is more than one.
 */
async function drawBars(session: Session, spec: BuiltChart, source: ChartSource): Promise<Drawn> {
  const [x, y] = [quote(spec.x ?? ''), spec.y ?? '']
  const { series, note } = await seriesOf(session, source, spec.color)
  const data: Trace[] = []
  let summed = false
  let cut = false
  for (const one of series) {
    const [places = [], sums = [], counts = []] = await readColumns(
      session,
      `select x, sum(y)::double, count(*) from
         (select ${x} as x, ${quote(y)} as y, row_number() over () as row from ${source.relation} where ${one.where})
       group by x order by min(row) limit ${pointLimit}`,
    )
    summed ||= counts.some((count) => Number(count) > 1)
    cut ||= places.length === pointLimit
    data.push(named(one, { type: 'bar', x: places, y: sums }))
  }
  const notes = [note, cut ? `the first ${pointLimit.toLocaleString('en')} values of ${spec.x}` : '']
  return {
    data,
    note: notes.filter((part) => part !== '').join('; '),
    yTitle: summed ? `sum of ${y}` : y,
  }
}

async function drawXY(session: Session, spec: BuiltChart, source: ChartSource): Promise<Drawn> {
  const plain = spec.type === 'bar' && spec.aggregate === undefined && spec.y !== undefined
  if (plain && kindOfType(source.columns.get(spec.y ?? '') ?? '') === 'numeric')
    return drawBars(session, spec, source)
  const style =
    traceStyles[spec.type === 'bar' || spec.type === 'line' || spec.type === 'area' ? spec.type : 'scatter']
  const x = quote(spec.x ?? '')
  const { series, note } = await seriesOf(session, source, spec.color)
  const aggregated = spec.aggregate !== undefined || spec.y === undefined
  const value = measure(spec, spec.aggregate === 'count' ? undefined : spec.y)
  // A line through unordered points is a scribble.
  const order = spec.type === 'line' || spec.type === 'area' ? ' order by 1' : ''
  const data: Trace[] = []
  for (const one of series) {
    const columns = aggregated
      ? await readColumns(
          session,
          `select ${x}, ${value.sql} from ${source.relation} where ${one.where} group by 1 order by 1 limit ${pointLimit}`,
        )
      : await readColumns(
          session,
          `select * from (select ${x}, ${quote(spec.y ?? '')} from
             (select * from ${source.relation}${sampleClause(source.rows)}) where ${one.where})${order}`,
        )
    data.push(named(one, { ...style, x: columns[0] ?? [], y: columns[1] ?? [] }))
  }
  const notes = [note, aggregated ? '' : sampleNote(source.rows)].filter((part) => part !== '')
  return { data, note: notes.join('; '), ...(aggregated ? { yTitle: value.title } : {}) }
}

interface Range {
  min: number
  max: number
  width: number
}

async function rangeOf(session: Session, source: ChartSource, column: string, bins: number): Promise<Range> {
  const value = `${quote(column)}::double`
  const [mins = [], maxs = []] = await readColumns(
    session,
    `select min(${value}), max(${value}) from ${source.relation} where isfinite(${value})`,
  )
  const [min, max] = [mins[0], maxs[0]]
  if (typeof min !== 'number' || typeof max !== 'number') {
    throw new Failure(
      'invalid-input',
      `The column ${column} has no finite numbers.`,
      'Choose another column.',
    )
  }
  return { min, max, width: (max - min) / bins || 1 }
}

function binSql(column: string, range: Range, bins: number): string {
  return `least(${bins - 1}, floor((${quote(column)}::double - ${range.min}::double) / ${range.width}::double))::int`
}

async function drawHistogram(session: Session, spec: BuiltChart, source: ChartSource): Promise<Drawn> {
  const column = spec.x ?? ''
  const { series, note } = await seriesOf(session, source, spec.color)
  const numeric = kindOfType(source.columns.get(column) ?? '') === 'numeric'
  const bins = spec.bins ?? 30
  const range = numeric ? await rangeOf(session, source, column, bins) : null
  const data: Trace[] = []
  for (const one of series) {
    const key = range ? binSql(column, range, bins) : `${quote(column)}::varchar`
    const keep = range ? `isfinite(${quote(column)}::double)` : `${quote(column)} is not null`
    const [keys = [], counts = []] = await readColumns(
      session,
      `select ${key} as key, count(*) from ${source.relation} where ${one.where} and ${keep}
       group by 1 order by ${range ? '1' : '2 desc, 1'} limit 500`,
    )
    const x = range ? keys.map((bin) => range.min + (Number(bin) + 0.5) * range.width) : keys
    data.push(named(one, { type: 'bar', x, y: counts, ...(range ? { width: range.width } : {}) }))
  }
  // Bars of the same bins stand in the same place, so those behind have to be seen through those in front.
  if (range && data.length > 1) {
    const seeThrough = data.map((trace) => ({ ...trace, opacity: 0.6 }))
    return { data: seeThrough, note, yTitle: 'count', layout: { barmode: 'overlay' } }
  }
  return { data, note, yTitle: 'count' }
}

async function drawBox(session: Session, spec: BuiltChart, source: ChartSource): Promise<Drawn> {
  const y = `${quote(spec.y ?? '')}::double`
  const group = spec.x === undefined ? "''" : `${quote(spec.x)}::varchar`
  const { series, note } = await seriesOf(session, source, spec.color)
  const data: Trace[] = []
  for (const one of series) {
    // Fences are the outermost values within 1.5 interquartile ranges (Tukey).
    const [x = [], q1 = [], median = [], q3 = [], mean = [], low = [], high = []] = await readColumns(
      session,
      `with v as (select ${group} as g, ${y} as y from ${source.relation} where ${one.where} and isfinite(${y})),
        q as (select g, quantile_cont(y, 0.25) as q1, median(y) as q2, quantile_cont(y, 0.75) as q3, avg(y) as m
              from v group by g)
       select g, q1, q2, q3, m, min(y) filter (y >= q1 - 1.5 * (q3 - q1)), max(y) filter (y <= q3 + 1.5 * (q3 - q1))
       from v join q using (g) group by all order by g limit 200`,
    )
    const trace = { type: 'box', q1, median, q3, mean, lowerfence: low, upperfence: high }
    data.push(named(one, spec.x === undefined ? { ...trace, x: ['all'] } : { ...trace, x }))
  }
  return { data, note }
}

async function drawHeatmap(session: Session, spec: BuiltChart, source: ChartSource): Promise<Drawn> {
  const axis = async (column: string) => {
    if (kindOfType(source.columns.get(column) ?? '') !== 'numeric') return `${quote(column)}::varchar`
    const [distinct = []] = await readColumns(
      session,
      `select approx_count_distinct(${quote(column)}) from ${source.relation}`,
    )
    if (Number(distinct[0]) <= heatmapBins) return quote(column)
    const range = await rangeOf(session, source, column, heatmapBins)
    return `${range.min}::double + (${binSql(column, range, heatmapBins)} + 0.5) * ${range.width}::double`
  }
  const [x, y] = [await axis(spec.x ?? ''), await axis(spec.y ?? '')]
  const value = measure(spec, spec.aggregate === 'count' ? undefined : spec.color)
  const [xs = [], ys = [], zs = []] = await readColumns(
    session,
    `select ${x} as x, ${y} as y, ${value.sql} as z from ${source.relation}
     where ${quote(spec.x ?? '')} is not null and ${quote(spec.y ?? '')} is not null
     group by 1, 2 order by 1, 2 limit ${pointLimit}`,
  )
  const columns = [...new Set(xs)]
  const rows = [...new Set(ys)].sort((a, b) =>
    typeof a === 'number' && typeof b === 'number' ? a - b : String(a) < String(b) ? -1 : 1,
  )
  const z: unknown[][] = rows.map(() => columns.map(() => null))
  for (const [index, value] of zs.entries()) {
    const row = z[rows.indexOf(ys[index])]
    if (row) row[columns.indexOf(xs[index])] = value
  }
  return {
    data: [{ type: 'heatmap', x: columns, y: rows, z, colorbar: { title: { text: value.title } } }],
    note: '',
  }
}

const drawers: Record<
  BuiltChart['type'],
  (session: Session, spec: BuiltChart, source: ChartSource) => Promise<Drawn>
> = {
  bar: drawXY,
  line: drawXY,
  area: drawXY,
  scatter: drawXY,
  histogram: drawHistogram,
  box: drawBox,
  heatmap: drawHeatmap,
}

/** The figure of a chart described by its columns: aggregated in DuckDB, points sampled above 20,000. */
export async function builtFigure(session: Session, spec: BuiltChart): Promise<Output> {
  const used = [spec.x, spec.y, spec.color].filter((name) => name !== undefined)
  const source = await chartSource(session, spec.from, used)
  const drawn = await drawers[spec.type](session, spec, source)
  const yTitle = spec.yTitle ?? drawn.yTitle ?? spec.y
  const layout: Record<string, unknown> = {
    ...(spec.title === undefined ? {} : { title: { text: spec.title } }),
    // A legend stands above the plot, and the title above the legend.
    ...(spec.title !== undefined && drawn.data.length > 1 ? { margin: { t: 52 } } : {}),
    ...(spec.x === undefined && spec.xTitle === undefined
      ? {}
      : { xaxis: { title: { text: spec.xTitle ?? spec.x } } }),
    ...(yTitle === undefined ? {} : { yaxis: { title: { text: yTitle } } }),
    ...(drawn.data.length > 1 && spec.type === 'box' ? { boxmode: 'group' } : {}),
    ...drawn.layout,
  }
  return { type: 'chart', figure: { data: drawn.data, layout }, rows: source.rows, note: drawn.note }
}
