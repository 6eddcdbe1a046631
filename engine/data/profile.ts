import type { ColumnProfile } from '../../shared/contract/data.ts'
import { Failure } from '../../shared/failure.ts'
import { quote, quoteRelation, type RowValue, type Session } from './database.ts'

const binCount = 20
const topCount = 20
/** Above this many rows distinct values are estimated (HyperLogLog, about 2 % off) so that memory stays small. */
const exactDistinctRows = 500_000

type Kind = ColumnProfile['kind']

interface Column {
  name: string
  type: string
  kind: Kind
}

/** How a DuckDB type is summarised. */
export function kindOfType(type: string): Kind {
  if (/^(U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER|FLOAT|DOUBLE|DECIMAL\b.*)$/.test(type)) return 'numeric'
  if (/^(DATE|TIMESTAMP.*)$/.test(type)) return 'temporal'
  if (/^(VARCHAR|BOOLEAN|UUID|ENUM\(.*\))$/.test(type) && !type.endsWith('[]')) return 'categorical'
  return 'other'
}

/** A column as a double: itself, or seconds since 1970. */
function numberSql(column: Column): string {
  return column.kind === 'temporal'
    ? `epoch(${quote(column.name)}::timestamp)`
    : `${quote(column.name)}::double`
}

function statsSql(column: Column, index: number, from: string, exact: boolean): string[] {
  const name = quote(column.name)
  const parts = [
    `count(*) - count(${name}) as missing${index}`,
    `${exact ? `count(distinct ${name})` : `approx_count_distinct(${name})`} as distinct${index}`,
  ]
  if (column.kind === 'numeric' || column.kind === 'temporal') {
    const value = numberSql(column)
    const finite = `filter (isfinite(${value}))`
    parts.push(`min(${value}) ${finite} as min${index}`, `max(${value}) ${finite} as max${index}`)
    parts.push(`min(${name})::varchar as mintext${index}`, `max(${name})::varchar as maxtext${index}`)
    parts.push(`avg(${value}) ${finite} as mean${index}`, `stddev_samp(${value}) ${finite} as sd${index}`)
  }
  if (column.kind === 'categorical') {
    parts.push(`(select list({label: label, n: n}) from (
      select ${name}::varchar as label, count(*) as n from ${from} where ${name} is not null
      group by 1 order by n desc, label limit ${topCount})) as top${index}`)
  }
  return parts
}

function finiteNumber(value: RowValue | undefined): number | null {
  if (value === null || value === undefined) return null
  const number = Number(value)
  return Number.isFinite(number) ? number : null
}

function topOf(value: RowValue | undefined): ColumnProfile['histogram'] {
  if (!Array.isArray(value)) return []
  return value.map((item) => {
    const entry = typeof item === 'object' && item !== null && !Array.isArray(item) ? item : {}
    return {
      label: 'label' in entry ? String(entry.label) : '',
      count: 'n' in entry ? Number(entry.n) : 0,
    }
  })
}

function binLabel(kind: Kind, from: number, to: number): string {
  if (kind === 'temporal') {
    const day = (seconds: number) =>
      new Date(seconds * 1000).toISOString().slice(0, to - from < 86_400 ? 19 : 10)
    return `${day(from)} – ${day(to)}`
  }
  const short = (value: number) => String(Number(value.toPrecision(4)))
  return `${short(from)} – ${short(to)}`
}

/**
 * Summaries of some columns: two queries over the relation whatever their number, one for the moments and the most
 * frequent values, one for the histograms (20 equal bins between the finite minimum and maximum).
 */
export async function profileColumns(
  session: Session,
  relation: string,
  columns: readonly { name: string; type: string }[],
): Promise<ColumnProfile[]> {
  const from = quoteRelation(relation)
  const wanted: Column[] = columns.map(({ name, type }) => ({ name, type, kind: kindOfType(type) }))
  if (wanted.length === 0) return []
  const [count] = await session.rows(`select count(*) as n from ${from}`)
  const exact = Number(count?.n) <= exactDistinctRows
  const parts = wanted.flatMap((column, index) => statsSql(column, index, from, exact))
  const [stats] = await session.rows(`select ${parts.join(', ')} from ${from}`)
  if (!stats) throw new Failure('failed', `${relation} could not be summarised.`, 'Try again.')

  const ranges = wanted.map((_, index) => {
    const [min, max] = [finiteNumber(stats[`min${index}`]), finiteNumber(stats[`max${index}`])]
    return min === null || max === null ? null : { min, max, width: (max - min) / binCount || 1 }
  })
  const bins = await readBins(session, from, wanted, ranges)

  return wanted.map((column, index): ColumnProfile => {
    const range = ranges[index]
    const counts = bins[index]
    const temporal = column.kind === 'temporal'
    const limit = (end: 'min' | 'max') => {
      const number = finiteNumber(stats[`${end}${index}`])
      return temporal && number !== null ? String(stats[`${end}text${index}`]) : number
    }
    return {
      name: column.name,
      type: column.type,
      kind: column.kind,
      missing: Number(stats[`missing${index}`]),
      distinct: Number(stats[`distinct${index}`]),
      histogram:
        range && counts
          ? counts.map((n, bin) => ({
              label: binLabel(
                column.kind,
                range.min + bin * range.width,
                range.min + (bin + 1) * range.width,
              ),
              count: n,
            }))
          : topOf(stats[`top${index}`]),
      min: limit('min'),
      max: limit('max'),
      mean: temporal ? null : finiteNumber(stats[`mean${index}`]),
      sd: temporal ? null : finiteNumber(stats[`sd${index}`]),
    }
  })
}

async function readBins(
  session: Session,
  from: string,
  columns: readonly Column[],
  ranges: readonly ({ min: number; width: number } | null)[],
): Promise<(number[] | null)[]> {
  const parts = columns.flatMap((column, index) => {
    const range = ranges[index]
    if (!range) return []
    const value = numberSql(column)
    const bin = `least(${binCount - 1}, greatest(0, floor((${value} - ${range.min}::double) / ${range.width}::double)))::int`
    return [`map_entries(histogram(${bin}) filter (isfinite(${value}))) as bins${index}`]
  })
  if (parts.length === 0) return columns.map(() => null)
  const [row] = await session.rows(`select ${parts.join(', ')} from ${from}`)
  return columns.map((_, index) => {
    if (!ranges[index]) return null
    const counts = new Array<number>(binCount).fill(0)
    const entries = row?.[`bins${index}`]
    for (const entry of Array.isArray(entries) ? entries : []) {
      if (typeof entry === 'object' && entry !== null && 'key' in entry && 'value' in entry) {
        counts[Number(entry.key)] = Number(entry.value)
      }
    }
    return counts
  })
}
