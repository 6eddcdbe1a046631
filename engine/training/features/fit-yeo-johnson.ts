import { aggregates, type FitRows, settled } from './fit-rows.ts'
import { minimizeBounded } from './minimize-bounded.ts'

/** The transform in SQL; shared/features/writers/numeric-writer.ts has it for rows. */
function transformSql(x: string, lambda: number): string {
  const other = 2 - lambda
  const above =
    Math.abs(lambda) < 2 ** -52 ? `ln(1 + ${x})` : `(exp(${lambda} * ln(1 + ${x})) - 1) / ${lambda}`
  const below =
    Math.abs(other) < 2 ** -51 ? `-ln(1 - ${x})` : `-(exp(${other} * ln(1 - ${x})) - 1) / ${other}`
  return `case when ${x} >= 0 then ${above} else ${below} end`
}

/** Powers at which twenty times the largest value can still be counted with: scipy's bounds for yeojohnson_normmax. */
function boundsOf(low: number, high: number): [number, number] {
  const farthest = Math.log1p(20 * Math.max(Math.abs(low), Math.abs(high)))
  const logEpsilon = Math.log(Number.EPSILON)
  const least = (Math.log(2.2250738585072014e-308) - logEpsilon) / 2 / farthest
  const most = (Math.log(Number.MAX_VALUE) + logEpsilon) / 2 / farthest
  if (low >= 0) return [least, most]
  return high < 0 ? [2 - most, 2 - least] : [Math.max(2 - most, least), Math.min(2 - least, most)]
}

/**
 * The power of the greatest likelihood, as scipy finds it (Yeo and Johnson 2000), and mean and deviation of the
 * transformed values. Each step is one aggregate over the training rows.
 */
export async function fitYeoJohnson(rows: FitRows, x: string, { low, high }: { low: number; high: number }) {
  let lambda = 1
  if (high > low) {
    const { n = 0, logs = 0 } = await aggregates(
      rows,
      `count(${x})::double as n, fsum(sign(${x}) * ln(1 + abs(${x}))) as logs`,
    )
    const [from, to] = boundsOf(low, high)
    lambda = await minimizeBounded(from, to, 1.48e-8, async (power) => {
      const { spread = 0 } = await aggregates(rows, `var_pop(${transformSql(x, power)}) as spread`)
      const likelihood = (-n / 2) * Math.log(spread) + (power - 1) * logs
      return Number.isFinite(likelihood) ? -likelihood : Number.POSITIVE_INFINITY
    })
    lambda = Number(lambda.toPrecision(9))
  }
  const { mean = 0, deviation = 0 } = await aggregates(
    rows,
    `favg(${transformSql(x, lambda)}) as mean, stddev_pop(${transformSql(x, lambda)}) as deviation`,
  )
  return { lambda, mean: settled(mean), deviation: settled(deviation) }
}
