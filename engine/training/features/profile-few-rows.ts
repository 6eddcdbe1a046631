/** HOT LOOP: reads, sums and sorts every value of the columns it profiles (benchmark: bench/features.ts). */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { quantileEdges } from '../../../shared/drift/quantile-edges.ts'
import { columnCopier } from '../../data/copy-column.ts'
import type { FitRows } from './fit-rows.ts'
import type { NumberProfile, ProfiledColumn } from './profile-numbers.ts'

/** Values in memory at once: 8 MB. */
const cellsAtATime = 1_000_000
/** Milliseconds after which other work of the engine gets its turn. */
const longestTurn = 10

/** Profiles one column, sorting it. @param values NaN where missing */
function profileOf(values: Float64Array): NumberProfile {
  // Missing values go to the end.
  values.sort()
  let present = values.length
  while (present > 0 && Number.isNaN(values[present - 1])) present--
  const sorted = values.subarray(0, present)
  let sum = 0
  for (const value of sorted) sum += value
  const rough = sum / present
  let [rest, squares] = [0, 0]
  for (const value of sorted) {
    const away = value - rough
    rest += away
    squares += away * away
  }
  const off = rest / present
  const middle = (present - 1) / 2
  return {
    present,
    missing: values.length - present,
    mean: rough + off,
    deviation: Math.sqrt(Math.max(squares / present - off * off, 0)),
    low: sorted[0] ?? Number.NaN,
    high: sorted.at(-1) ?? Number.NaN,
    median: ((sorted[Math.floor(middle)] ?? Number.NaN) + (sorted[Math.ceil(middle)] ?? Number.NaN)) / 2,
    edges: quantileEdges(sorted),
  }
}

/**
 * As `profileNumbers`, for tables of few rows: reading them is cheaper than aggregates, which cost a query of
 * thousands of columns several times as long to plan as to compute.
 *
 * @param all how many rows there are
 */
export async function profileFewRows(
  rows: FitRows,
  columns: readonly ProfiledColumn[],
  all: number,
): Promise<Map<string, NumberProfile>> {
  const profiles = new Map<string, NumberProfile>()
  const columnsAtATime = Math.max(1, Math.floor(cellsAtATime / Math.max(all, 1)))
  let begun = performance.now()
  for (let from = 0; from < columns.length; from += columnsAtATime) {
    const some = columns.slice(from, from + columnsAtATime)
    const values = some.map(() => new Float64Array(all))
    const select = some.map(({ column }) => `${column}::double`).join(', ')
    const copiers = values.map((into, c) => columnCopier(c, into, Number.NaN))
    let read = 0
    for await (const chunk of rows.session.stream(
      `select ${select} from ${rows.table} where ${rows.where}`,
    )) {
      for (const copy of copiers) copy(chunk, read)
      read += chunk.rowCount
    }
    if (read !== all) throw new Error(`Read ${read} rows where ${all} were counted.`)
    for (const [i, { column }] of some.entries()) {
      profiles.set(column, profileOf(values[i]!))
      if (performance.now() - begun < longestTurn) continue
      await nextTurn()
      begun = performance.now()
    }
  }
  return profiles
}
