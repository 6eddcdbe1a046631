import { baselineBins, collapseEdges } from '../../../shared/drift/quantile-edges.ts'
import type { FitRows } from './fit-rows.ts'
import { profileFewRows } from './profile-few-rows.ts'

/** What is asked of every column of numbers, before its encoder asks for more. */
export interface NumberProfile {
  present: number
  missing: number
  mean: number
  deviation: number
  low: number
  high: number
  /** NaN where it was not asked for and would take long. */
  median: number
  /** Bins of the baseline: quantiles, or every value where there are few. */
  edges: number[]
}

export interface ProfiledColumn {
  column: string
  /** Whether its exact median is wanted, which takes longer than everything else together. */
  median: boolean
}

/**
 * Asked together: one query a column would spend most of its time on planning where a table has thousands. Quantiles
 * hold all values, so that long columns go in smaller groups.
 */
const mostColumns = 100
const fewestColumns = 10
const cellsAtATime = 40_000_000

/**
 * Values that the baseline's bins are cut from. Their edges need not be exact, for what falls between them is counted
 * over all rows: of a bin meant to hold 5 % of the rows, this many leave an error of 0.07 %.
 */
const mostForEdges = 100_000

const fractions = Array.from({ length: baselineBins + 1 }, (_, i) => i / baselineBins).join(', ')

function momentsSql({ column }: ProfiledColumn, i: number): string {
  return `count(${column})::double as p${i}, favg(${column}) as m${i}, stddev_pop(${column}) as s${i},
    min(${column}) as l${i}, max(${column}) as h${i}, approx_count_distinct(${column})::double as d${i}`
}

/** Row numbers mean nothing, so every k-th of their hashes is a random sample, and the same one every time. */
function edgesSql({ column, median }: ProfiledColumn, i: number, present: number, few: boolean): string {
  const every = Math.floor(present / mostForEdges)
  // Of all values, the middle one of the quantiles is the median.
  const middle = median && every > 1 ? `, median(${column})::double as c${i}` : ''
  const some = every > 1 ? ` filter (hash(n) % ${every} = 0)` : ''
  const distinct = few ? `, list(distinct ${column}) filter (${column} is not null) as v${i}` : ''
  return `quantile_cont(${column}, [${fractions}])${some} as q${i}${distinct}${middle}`
}

function numbers(value: unknown): number[] {
  return Array.isArray(value) ? value.map(Number) : []
}

/** Columns of no more rows are read and sorted, longer ones aggregated where they are. */
const mostRowsToRead = 20_000

/** Profiles columns of numbers on the training rows, by column. */
export async function profileNumbers(
  rows: FitRows,
  columns: readonly ProfiledColumn[],
  mostToRead = mostRowsToRead,
): Promise<Map<string, NumberProfile>> {
  const profiles = new Map<string, NumberProfile>()
  const of = `from ${rows.table} where ${rows.where}`
  const [counted] = await rows.session.rows(`select count(*)::double as n ${of}`)
  const all = Number(counted?.n)
  if (all <= mostToRead) return await profileFewRows(rows, columns, all)
  const fitting = Math.floor(cellsAtATime / Math.max(all, 1))
  const columnsAtATime = Math.max(fewestColumns, Math.min(mostColumns, fitting))
  for (let from = 0; from < columns.length; from += columnsAtATime) {
    const some = columns.slice(from, from + columnsAtATime)
    const [row = {}] = await rows.session.rows(`select ${some.map(momentsSql).join(', ')} ${of}`)
    const number = (key: string, i: number) => Number(row[`${key}${i}`] ?? Number.NaN)
    // The estimate of distinct values is good enough to tell few from many, not to count them.
    const cuts = some.map((column, i) =>
      edgesSql(column, i, number('p', i), number('d', i) <= 2 * baselineBins),
    )
    const [found = {}] = await rows.session.rows(`select ${cuts.join(', ')} ${of}`)
    for (const [i, { column, median }] of some.entries()) {
      const [low, high] = [number('l', i), number('h', i)]
      const distinct = numbers(found[`v${i}`]).sort((a, b) => a - b)
      const isFew = distinct.length > 0 && distinct.length <= baselineBins
      // A sample may lack the ends.
      const cut = numbers(found[`q${i}`])
      const quantiles = number('p', i) > 0 ? [low, ...cut.slice(1, -1), high] : [0, 0]
      profiles.set(column, {
        present: number('p', i),
        missing: all - number('p', i),
        mean: number('m', i),
        deviation: number('s', i),
        low,
        high,
        median: median ? Number(found[`c${i}`] ?? cut[baselineBins / 2] ?? Number.NaN) : Number.NaN,
        edges: collapseEdges(isFew ? [...distinct, distinct.at(-1)!] : quantiles),
      })
    }
  }
  return profiles
}
