import { Failure } from '../../../shared/failure.ts'
import type { Task } from '../../../shared/signature/signature.ts'
import type { Session } from '../../data/database.ts'
import type { NumberProfile } from './profile-numbers.ts'

/** The rows that a pipeline is fitted on: a table of the snapshot's columns, and which of its rows are for training. */
export interface FitRows {
  readonly session: Session
  /** A quoted table or view with the snapshot's columns, `n` (a row number in an order that means nothing) and `y`. */
  readonly table: string
  /** A SQL condition, such as `part = 0`. */
  readonly where: string
  readonly task: Task
  /** Labels of the classes that `y` counts through; empty for a regression. */
  readonly classes: readonly string[]
  /** The features' columns in the table, where they are not `c0`, `c1`, … */
  readonly columns?: readonly string[]
  /** Of columns of numbers, by column, where they were profiled together before. */
  readonly profiles?: ReadonlyMap<string, NumberProfile>
}

/** Parallel sums differ in their last digits from run to run; twelve digits are the same every time. */
export function settled(value: number): number {
  return Number(value.toPrecision(12))
}

/** One row of aggregates over the training rows, as numbers; null becomes NaN. */
export async function aggregates(rows: FitRows, select: string): Promise<Record<string, number>> {
  const [row] = await rows.session.rows(`select ${select} from ${rows.table} where ${rows.where}`)
  return Object.fromEntries(
    Object.entries(row ?? {}).map(([key, value]) => [key, value === null ? Number.NaN : Number(value)]),
  )
}

/** One list of numbers computed over the training rows. */
export async function numberList(rows: FitRows, expression: string): Promise<number[]> {
  const [row] = await rows.session.rows(`select ${expression} as q from ${rows.table} where ${rows.where}`)
  return (Array.isArray(row?.q) ? row.q : []).map(Number)
}

/** @throws Failure where a column is missing in all training rows, so that nothing can be fitted */
export function requirePresent(name: string, present: number, missing: number): void {
  if (present > 0) return
  throw new Failure(
    'invalid-input',
    `Column "${name}" is missing in all ${missing.toLocaleString('en-US')} rows of the training split.`,
    `Put "${name}" in features.exclude.`,
    `features.columns.${name}`,
  )
}
