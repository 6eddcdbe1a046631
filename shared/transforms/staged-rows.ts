/** HOT: between every row of a model with transforms and DuckDB (figures: docs/transforms.md). */
import type { Batch } from '../features/batch.ts'
import type { Encoder, Pipeline } from '../features/pipeline.ts'
import type { CodeTable } from '../signature/column-plan.ts'
import { isWholeType, type TransformInput, type TransformPlan } from './transform-plan.ts'

export type StagedColumn = Float64Array | (string | null)[]

/** Rows as the staging table takes them: DOUBLE with NaN where missing, VARCHAR with null. Columns that are not asked are absent. */
export interface StagedRows {
  readonly rows: number
  readonly columns: readonly (StagedColumn | null)[]
}

/** A value that DuckDB would round, where the SQL was trained on whole numbers. */
export interface Fraction {
  readonly row: number
  readonly column: string
  readonly expected: string
  readonly found: string
}

/** An encoder that makes the row decoder read a column as it stands. */
function plainEncoder(name: string, carried: TransformInput['carried']): Encoder {
  switch (carried) {
    case 'numeric':
      return { kind: 'numeric', name, impute: 'constant', fill: 0, scale: 'none', center: 0, factor: 1 }
    case 'boolean':
      return { kind: 'boolean', name, fill: 0 }
    case 'categorical':
      return { kind: 'ordinal', name, categories: [] }
  }
}

/** Collects the texts of one batch; a code is a text's place in `texts`. */
function createTexts() {
  let texts: string[] = []
  return {
    get(text: string): number {
      texts.push(text)
      return texts.length - 1
    },
    take(codes: Int32Array, rows: number): (string | null)[] {
      const taken: (string | null)[] = new Array(rows)
      for (let row = 0; row < rows; row++) taken[row] = texts[codes[row]!] ?? null
      texts = []
      return taken
    },
    clear() {
      texts = []
    },
  }
}

function checkWhole(column: Float64Array, name: string, fractions: Fraction[]): void {
  for (let row = 0; row < column.length; row++) {
    const value = column[row]!
    if (Number.isNaN(value) || Number.isInteger(value) || fractions.length >= 100) continue
    fractions.push({ row, column: name, expected: 'a whole number', found: `the number ${value}` })
  }
}

/** Turns rows that the row decoder has read into rows of the staging table. */
export interface Staging {
  /** What the row decoder is compiled for, with `codes`. */
  readonly pipeline: Pipeline
  codes(column: string): CodeTable
  /** Before each decoding. */
  clear(): void
  /** What was decoded since; it is the caller's own. */
  take(batch: Batch): { staged: StagedRows; fractions: readonly Fraction[] }
}

export function createStaging(plan: TransformPlan): Staging {
  const asked = plan.inputs.filter((input) => input.asked)
  const columns = asked.map(({ name, carried }) => plainEncoder(name, carried))
  const texts = new Map(asked.map(({ name }) => [name, createTexts()]))
  const textsOf = (name: string) => texts.get(name) ?? createTexts()
  return {
    pipeline: { version: 1, columns, width: columns.length, inputs: [] },
    codes: textsOf,
    clear() {
      for (const column of texts.values()) column.clear()
    },
    take(batch) {
      const fractions: Fraction[] = []
      const taken = new Map(
        asked.map(({ name, type }, index): [string, StagedColumn] => {
          const column = batch.columns[index]!
          if (column instanceof Int32Array) return [name, textsOf(name).take(column, batch.rows)]
          const own = column.slice(0, batch.rows)
          if (isWholeType(type)) checkWhole(own, name, fractions)
          return [name, own]
        }),
      )
      const staged = { rows: batch.rows, columns: plan.inputs.map(({ name }) => taken.get(name) ?? null) }
      return { staged, fractions }
    },
  }
}

/** The rows `from … to)`; text and numbers are shared where they can be. */
export function sliceStaged({ columns }: StagedRows, from: number, to: number): StagedRows {
  return {
    rows: to - from,
    columns: columns.map((column) =>
      column === null
        ? null
        : column instanceof Float64Array
          ? column.subarray(from, to)
          : column.slice(from, to),
    ),
  }
}
