/** HOT: between every request of a model with transforms and DuckDB (figures: docs/transforms.md). */
import type { Encoder, Pipeline } from '../../shared/features/pipeline.ts'
import { compileRowDecoder, type FieldError } from '../../shared/signature/decode-rows.ts'
import type { Signature } from '../../shared/signature/signature.ts'
import { isWholeType, type TransformPlan } from '../../shared/transforms/transform-plan.ts'
import type { RequestRows } from '../rows/request-rows.ts'
import { unfit } from '../scoring/unfit.ts'

export type StagedColumn = Float64Array | (string | null)[]

/** Rows as the staging table takes them: DOUBLE with NaN where missing, VARCHAR with null. Columns that are not asked are absent. */
export interface StagedRows {
  readonly rows: number
  readonly columns: readonly (StagedColumn | null)[]
}

/** An encoder that makes the row decoder read a column as it stands. */
function plainEncoder(name: string, carried: TransformPlan['inputs'][number]['carried']): Encoder {
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

/**
 * Compiles the decoder of request rows against the signature of a model with transforms. What it returns is the
 * caller's own; the next call leaves it alone.
 *
 * @throws Refusal `invalid_rows` with the offending fields
 */
export function compileStaging(signature: Signature, plan: TransformPlan): (rows: RequestRows) => StagedRows {
  const asked = plan.inputs.filter((input) => input.asked)
  const columns = asked.map(({ name, carried }) => plainEncoder(name, carried))
  const pipeline: Pipeline = { version: 1, columns, width: columns.length, inputs: [] }
  const texts = new Map(asked.map(({ name }) => [name, createTexts()]))
  const codes = (name: string) => texts.get(name) ?? createTexts()
  const values = compileRowDecoder(signature, pipeline, { codes })
  const cells = compileRowDecoder(signature, pipeline, { codes, text: true })

  const decode = (rows: RequestRows) => {
    switch (rows.kind) {
      case 'records':
        return values.records(rows.records)
      case 'table':
        return (rows.text ? cells : values).table(rows.columns, rows.data)
      case 'columns':
        return (rows.text ? cells : values).columns(rows.columns, rows.rows)
    }
  }

  return (given) => {
    for (const column of texts.values()) column.clear()
    const decoded = decode(given)
    if (!decoded.ok) throw unfit(decoded.fields)
    const { batch } = decoded
    const fractions: FieldError[] = []
    const taken = new Map(
      asked.map(({ name, type }, index): [string, StagedColumn] => {
        const column = batch.columns[index]!
        if (column instanceof Int32Array) return [name, codes(name).take(column, batch.rows)]
        const own = column.slice(0, batch.rows)
        if (isWholeType(type)) checkWhole(own, name, fractions)
        return [name, own]
      }),
    )
    if (fractions.length > 0) throw unfit(fractions)
    return { rows: batch.rows, columns: plan.inputs.map(({ name }) => taken.get(name) ?? null) }
  }
}

/** DuckDB would round; the SQL was trained on whole numbers. */
function checkWhole(column: Float64Array, name: string, fractions: FieldError[]): void {
  for (let row = 0; row < column.length; row++) {
    const value = column[row]!
    if (Number.isNaN(value) || Number.isInteger(value) || fractions.length >= 100) continue
    fractions.push({ row, column: name, expected: 'a whole number', found: `the number ${value}` })
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
