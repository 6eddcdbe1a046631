import { baselineBins, collapseEdges } from '../../../shared/drift/quantile-edges.ts'
import type { FitRows } from './fit-rows.ts'

/** What is asked of every column of numbers, before its encoder asks for more. */
export interface NumberProfile {
  present: number
  missing: number
  mean: number
  deviation: number
  low: number
  high: number
  median: number
  /** Bins of the baseline: quantiles, or every value where there are few. */
  edges: number[]
}

/** Asked together: one query a column would spend most of its time on planning where a table has thousands. */
const columnsAtATime = 50

const fractions = Array.from({ length: baselineBins + 1 }, (_, i) => i / baselineBins).join(', ')

function selectSql(column: string, i: number): string {
  return `count(${column})::double as p${i}, count(*) filter (${column} is null)::double as x${i},
    favg(${column}) as m${i}, stddev_pop(${column}) as s${i}, min(${column}) as l${i}, max(${column}) as h${i},
    median(${column})::double as c${i}, quantile_cont(${column}, [${fractions}]) as q${i},
    approx_count_distinct(${column})::double as d${i}`
}

function numbers(value: unknown): number[] {
  return Array.isArray(value) ? value.map(Number) : []
}

/** Profiles columns of numbers on the training rows, by column. */
export async function profileNumbers(
  rows: FitRows,
  columns: readonly string[],
): Promise<Map<string, NumberProfile>> {
  const profiles = new Map<string, NumberProfile>()
  const of = `from ${rows.table} where ${rows.where}`
  for (let from = 0; from < columns.length; from += columnsAtATime) {
    const some = columns.slice(from, from + columnsAtATime)
    const [row = {}] = await rows.session.rows(`select ${some.map(selectSql).join(', ')} ${of}`)
    // The estimate of distinct values is good enough to tell few from many, not to count them.
    const few = some.filter((_, i) => Number(row[`d${i}`]) <= 2 * baselineBins)
    const listed = few.map((column, i) => `list(distinct ${column}) as v${i}`).join(', ')
    const [values = {}] = few.length > 0 ? await rows.session.rows(`select ${listed} ${of}`) : []
    for (const [i, column] of some.entries()) {
      const number = (key: string) => Number(row[`${key}${i}`] ?? Number.NaN)
      const at = few.indexOf(column)
      const distinct = at < 0 ? [] : numbers(values[`v${at}`]).sort((a, b) => a - b)
      const isFew = distinct.length > 0 && distinct.length <= baselineBins
      profiles.set(column, {
        present: number('p'),
        missing: number('x'),
        mean: number('m'),
        deviation: number('s'),
        low: number('l'),
        high: number('h'),
        median: number('c'),
        edges: collapseEdges(isFew ? [...distinct, distinct.at(-1)!] : numbers(row[`q${i}`])),
      })
    }
  }
  return profiles
}
