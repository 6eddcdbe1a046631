/** HOT LOOP: passes over all held-out rows. */
import { z } from 'zod'
import { evenEdges, histogram, histogramSchema } from './histogram.ts'
import { quantiles } from './quantiles.ts'

const count = z.number().int().min(0)

/** A residual is actual − predicted, in the target's unit: positive where the model predicts too little. */
export const regressionReportSchema = z.strictObject({
  task: z.literal('regression'),
  rows: count,
  residuals: z.strictObject({
    histogram: histogramSchema,
    /** At the probabilities of `residualProbabilities`. */
    quantiles: z.array(z.number()),
    mean: z.number(),
  }),
  /** Rows by predicted (across) and actual (up): `counts[a * bins + p]` over the same even edges. */
  predictedActual: z.strictObject({ edges: z.array(z.number()), counts: z.array(count), outside: count }),
  /** Tenths of the rows by prediction, lowest first. */
  byPrediction: z.array(
    z.strictObject({
      rows: count,
      from: z.number(),
      to: z.number(),
      predicted: z.number(),
      actual: z.number(),
      mae: z.number(),
      rmse: z.number(),
      /** Residual at the probabilities 0.1, 0.5 and 0.9. */
      residuals: z.tuple([z.number(), z.number(), z.number()]),
    }),
  ),
})
export type RegressionReport = z.infer<typeof regressionReportSchema>

export const residualProbabilities = [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99] as const

const gridBins = 48

/** Both ends without the outermost thousandth, so that one stray value does not flatten the picture. */
function mostOf(sorted: Float64Array): [number, number] {
  const [low = 0, high = 0] = quantiles(sorted, [0.001, 0.999])
  return [low, high]
}

function predictedActual(actual: Float64Array, predicted: Float64Array): RegressionReport['predictedActual'] {
  const [lowActual, highActual] = mostOf(actual.toSorted())
  const [lowPredicted, highPredicted] = mostOf(predicted.toSorted())
  const edges = evenEdges(Math.min(lowActual, lowPredicted), Math.max(highActual, highPredicted), gridBins)
  const from = edges[0]!
  const width = edges[gridBins]! - from
  const counts = new Array<number>(gridBins * gridBins).fill(0)
  let outside = 0
  const binOf = (value: number) =>
    value === edges[gridBins] ? gridBins - 1 : Math.floor(((value - from) / width) * gridBins)
  for (let r = 0; r < actual.length; r++) {
    const a = binOf(actual[r]!)
    const p = binOf(predicted[r]!)
    if (a < 0 || p < 0 || a >= gridBins || p >= gridBins) outside++
    else counts[a * gridBins + p] = counts[a * gridBins + p]! + 1
  }
  return { edges, counts, outside }
}

function byPrediction(
  actual: Float64Array,
  predicted: Float64Array,
  groups: number,
): RegressionReport['byPrediction'] {
  const rows = actual.length
  const order = Uint32Array.from({ length: rows }, (_, r) => r)
  order.sort((a, b) => predicted[a]! - predicted[b]! || a - b)
  const found: RegressionReport['byPrediction'] = []
  for (let g = 0; g < groups; g++) {
    const from = Math.round((rows * g) / groups)
    const to = Math.round((rows * (g + 1)) / groups)
    if (from === to) continue
    const residuals = new Float64Array(to - from)
    let sumActual = 0
    let sumPredicted = 0
    let absolute = 0
    let squared = 0
    for (let i = from; i < to; i++) {
      const r = order[i]!
      const residual = actual[r]! - predicted[r]!
      residuals[i - from] = residual
      sumActual += actual[r]!
      sumPredicted += predicted[r]!
      absolute += Math.abs(residual)
      squared += residual * residual
    }
    const inGroup = to - from
    const [low = 0, middle = 0, high = 0] = quantiles(residuals.sort(), [0.1, 0.5, 0.9])
    found.push({
      rows: inGroup,
      from: predicted[order[from]!]!,
      to: predicted[order[to - 1]!]!,
      predicted: sumPredicted / inGroup,
      actual: sumActual / inGroup,
      mae: absolute / inGroup,
      rmse: Math.sqrt(squared / inGroup),
      residuals: [low, middle, high],
    })
  }
  return found
}

/** Residuals, predicted against actual and the error by tenths of the prediction; at least one row. */
export function regressionReport(actual: Float64Array, predicted: Float64Array): RegressionReport {
  const rows = actual.length
  const residuals = new Float64Array(rows)
  let sum = 0
  for (let r = 0; r < rows; r++) {
    residuals[r] = actual[r]! - predicted[r]!
    sum += residuals[r]!
  }
  const sorted = residuals.toSorted()
  return {
    task: 'regression',
    rows,
    residuals: {
      histogram: histogram(residuals, evenEdges(...mostOf(sorted), 40)),
      quantiles: quantiles(sorted, residualProbabilities),
      mean: sum / rows,
    },
    predictedActual: predictedActual(actual, predicted),
    byPrediction: byPrediction(actual, predicted, 10),
  }
}
