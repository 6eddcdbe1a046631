import { Failure } from '../../../shared/failure.ts'
import type { EncoderOf } from '../../../shared/features/pipeline.ts'
import type { FeatureColumn } from '../choose-columns.ts'
import { type FitRows, settled } from './fit-rows.ts'

/** Training rows are encoded by the rows of the other folds, as scikit-learn's TargetEncoder does by default. */
export const targetFolds = 5
/** Most numbers of one column's table. */
export const mostTargetNumbers = 1_000_000

/** Rows, mean of the target and sum of the squared differences from it. */
interface Moments {
  n: Float64Array
  mean: Float64Array
  m2: Float64Array
}

function emptyMoments(cells: number): Moments {
  return { n: new Float64Array(cells), mean: new Float64Array(cells), m2: new Float64Array(cells) }
}

/** Adds rows to a cell: Chan, Golub and LeVeque (1979). */
function addTo(into: Moments, cell: number, n: number, mean: number, m2: number): void {
  if (n === 0) return
  const had = into.n[cell]!
  const delta = mean - into.mean[cell]!
  const total = had + n
  into.n[cell] = total
  into.mean[cell] = into.mean[cell]! + (delta * n) / total
  into.m2[cell] = into.m2[cell]! + m2 + (delta * delta * had * n) / total
}

/**
 * The shrunk means of some folds: cell = category × outputs + output, the last category being "missing".
 * Eq. 5 and 6 of Micci-Barreca (2001), as scikit-learn's `smooth="auto"`: the weight of a category's own mean is
 * σ² n / (σ² n + s²), with σ² the variance of the target and s² that of the category.
 */
function shrink(moments: Moments, cells: number, outputs: number): { values: number[]; overall: number[] } {
  const whole = emptyMoments(outputs)
  for (let cell = 0; cell < cells; cell++) {
    addTo(whole, cell % outputs, moments.n[cell]!, moments.mean[cell]!, moments.m2[cell]!)
  }
  const values = new Array<number>(cells)
  for (let cell = 0; cell < cells; cell++) {
    const k = cell % outputs
    const n = moments.n[cell]!
    const variance = whole.m2[k]! / whole.n[k]!
    const weight = (variance * n) / (variance * n + moments.m2[cell]! / n)
    const mean = whole.mean[k]!
    values[cell] = settled(Number.isNaN(weight) ? mean : weight * moments.mean[cell]! + (1 - weight) * mean)
  }
  return { values, overall: Array.from(whole.mean, settled) }
}

/** Fits the means of the target on all training rows, for serving, and on those outside each fold, for training. */
export async function fitTarget(
  rows: FitRows,
  column: string,
  feature: FeatureColumn,
  categories: readonly string[],
): Promise<EncoderOf<'target'>> {
  const multiclass = rows.task === 'multiclass'
  const outputs = multiclass ? rows.classes.length : 1
  const cells = (categories.length + 1) * outputs
  if (cells > mostTargetNumbers) {
    throw new Failure(
      'invalid-input',
      `Column "${feature.name}" has ${categories.length.toLocaleString('en-US')} values, and the target ${outputs.toLocaleString('en-US')} classes: target encoding would need ${cells.toLocaleString('en-US')} numbers; it takes at most ${mostTargetNumbers.toLocaleString('en-US')}.`,
      'Set "encode": "hashing".',
      `features.columns.${feature.name}`,
    )
  }
  const codes = new Map(categories.map((category, code) => [category, code]))
  const folds = Array.from({ length: targetFolds }, () => emptyMoments(cells))
  const found = await rows.session.rows(
    multiclass
      ? `select ${column} as v, (n % ${targetFolds})::integer as fold, y::integer as k, count(*)::double as n
         from ${rows.table} where ${rows.where} group by all`
      : `select ${column} as v, (n % ${targetFolds})::integer as fold, count(*)::double as n,
           favg(y) as mean, var_pop(y) * count(*) as m2 from ${rows.table} where ${rows.where} group by all`,
  )
  const rowOf = (v: unknown) => (v === null ? categories.length : (codes.get(String(v)) ?? categories.length))
  if (multiclass) {
    const totals = folds.map(() => new Float64Array(categories.length + 1))
    for (const { v, fold, n } of found) totals[Number(fold)]![rowOf(v)]! += Number(n)
    const shares = folds.map(() => new Float64Array(cells))
    for (const { v, fold, k, n } of found) shares[Number(fold)]![rowOf(v) * outputs + Number(k)] = Number(n)
    for (const [f, moments] of folds.entries()) {
      for (let cell = 0; cell < cells; cell++) {
        const n = totals[f]![Math.floor(cell / outputs)]!
        const share = n === 0 ? 0 : shares[f]![cell]! / n
        addTo(moments, cell, n, share, n * share * (1 - share))
      }
    }
  } else {
    for (const { v, fold, n, mean, m2 } of found) {
      addTo(folds[Number(fold)]!, rowOf(v), Number(n), Number(mean), Number(m2))
    }
  }
  const joined = (without: number) => {
    const all = emptyMoments(cells)
    for (const [f, moments] of folds.entries()) {
      if (f === without) continue
      for (let cell = 0; cell < cells; cell++) {
        addTo(all, cell, moments.n[cell]!, moments.mean[cell]!, moments.m2[cell]!)
      }
    }
    return shrink(all, cells, outputs)
  }
  const { values, overall } = joined(-1)
  return {
    kind: 'target',
    name: feature.name,
    categories: [...categories],
    ...(multiclass ? { classes: [...rows.classes] } : {}),
    values,
    unseen: overall,
    folds: folds.flatMap((_, f) => joined(f).values),
  }
}
