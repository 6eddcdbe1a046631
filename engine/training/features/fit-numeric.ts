import { Failure } from '../../../shared/failure.ts'
import type { EncoderOf } from '../../../shared/features/pipeline.ts'
import { sourceKind } from '../../../shared/features/source-kind.ts'
import type { FeatureColumn } from '../choose-columns.ts'
import { type FitRows, numberList, requirePresent, settled } from './fit-rows.ts'
import { fitYeoJohnson } from './fit-yeo-johnson.ts'
import { acceptance, type FittedColumn } from './fitted-column.ts'
import { imputationOf } from './imputation-of.ts'
import { type NumberProfile, profileNumbers } from './profile-numbers.ts'

/** As many quantiles as scikit-learn's QuantileTransformer keeps. */
const mostQuantiles = 1_000

/** The smallest of the most frequent values, as scikit-learn's SimpleImputer picks it. */
async function mostFrequent(rows: FitRows, column: string): Promise<number> {
  const [row] = await rows.session.rows(
    `select ${column} as v from ${rows.table} where ${rows.where} and ${column} is not null
     group by 1 order by count(*) desc, v limit 1`,
  )
  return Number(row?.v)
}

/** What a missing value becomes; null to leave it missing. */
function fillOf(feature: FeatureColumn, impute: string, profile: NumberProfile, mode: number): number | null {
  switch (impute) {
    case 'none':
      return null
    case 'constant':
      return Number(feature.fill ?? 0)
    case 'mean':
      return settled(profile.mean)
    case 'mostFrequent':
      return mode
    default:
      return settled(profile.median)
  }
}

/** Mean, deviation and range of the column with its missing values filled, from those without. */
function imputedStats(profile: NumberProfile, fill: number | null) {
  const { present, missing, mean, deviation, low, high } = profile
  if (fill === null || missing === 0) return { mean, deviation, low, high }
  const all = present + missing
  const delta = fill - mean
  const squares = deviation * deviation * present + (delta * delta * present * missing) / all
  return {
    mean: mean + (delta * missing) / all,
    deviation: Math.sqrt(squares / all),
    low: Math.min(low, fill),
    high: Math.max(high, fill),
  }
}

/** Whether numbers differ by more than what rounding makes of equal ones. */
function hasSpread(spread: number, around: number): boolean {
  return spread > 1e-12 * Math.abs(around)
}

/** A column without spread keeps the factor 1, as in scikit-learn. */
function factorOf(spread: number, around: number): number {
  return hasSpread(spread, around) ? 1 / spread : 1
}

const steps = (count: number) => Array.from({ length: count + 1 }, (_, i) => i / count)

/** Quantiles at equal steps, by linear interpolation as numpy's. */
function quantilesOf(rows: FitRows, imputed: string, count: number): Promise<number[]> {
  return numberList(rows, `quantile_cont(${imputed}, [${steps(count).join(', ')}])`)
}

type Scaling = Omit<EncoderOf<'numeric'>, 'kind' | 'name' | 'indicator' | 'impute' | 'fill'>

async function scalingOf(
  rows: FitRows,
  feature: FeatureColumn,
  imputed: string,
  stats: ReturnType<typeof imputedStats>,
  count: number,
): Promise<Scaling> {
  const { scale = feature.trees ? 'none' : 'standard' } = feature.spec
  const plain = { scale, center: 0, factor: 1 }
  switch (scale) {
    case 'none':
      return plain
    case 'minmax':
      return { scale, center: stats.low, factor: stats.high > stats.low ? 1 / (stats.high - stats.low) : 1 }
    case 'standard': {
      const spread = settled(stats.deviation)
      return { scale, center: settled(stats.mean), factor: factorOf(spread, stats.mean) }
    }
    case 'robust': {
      const [first = 0, middle = 0, third = 0] = await numberList(
        rows,
        `quantile_cont(${imputed}, [0.25, 0.5, 0.75])`,
      )
      return { scale, center: settled(middle), factor: factorOf(settled(third - first), 0) }
    }
    case 'log1p':
      if (stats.low <= -1) {
        throw new Failure(
          'invalid-input',
          `Column "${feature.name}" goes down to ${stats.low}; "log1p" needs values above −1.`,
          'Use "scale": "yeoJohnson", which takes every number.',
          `features.columns.${feature.name}.scale`,
        )
      }
      return { ...plain, least: stats.low }
    case 'yeoJohnson': {
      const { lambda, mean, deviation } = await fitYeoJohnson(rows, imputed, stats)
      // The power of such numbers is so large that what is left of their differences is rounding.
      if (stats.high > stats.low && !hasSpread(deviation, mean)) {
        throw new Failure(
          'invalid-input',
          `Column "${feature.name}" goes from ${stats.low} to ${stats.high}, too far from 0 for "yeoJohnson" to tell its values apart.`,
          'Use "scale": "standard", or subtract what its values have in common in the SQL cell.',
          `features.columns.${feature.name}.scale`,
        )
      }
      return { scale, lambda, center: mean, factor: factorOf(deviation, mean) }
    }
    case 'quantile': {
      const quantiles = await quantilesOf(rows, imputed, Math.max(Math.min(mostQuantiles, count) - 1, 1))
      return { ...plain, quantiles, distribution: feature.spec.distribution ?? 'uniform' }
    }
  }
}

async function binEdges(
  rows: FitRows,
  feature: FeatureColumn,
  imputed: string,
  { low, high }: { low: number; high: number },
  count: number,
  strategy: 'quantile' | 'uniform',
): Promise<number[]> {
  if (!(high > low)) {
    throw new Failure(
      'invalid-input',
      `Column "${feature.name}" is ${low} in every training row, so it cannot be cut into bins.`,
      `Put "${feature.name}" in features.exclude, or leave out its "bins".`,
      `features.columns.${feature.name}.bins`,
    )
  }
  if (strategy === 'uniform') return steps(count).map((step) => low + (high - low) * step)
  const edges = await quantilesOf(rows, imputed, count)
  // Bins of no width are left out, as scikit-learn does.
  return edges.filter((edge, i) => i === 0 || edge - edges[i - 1]! > 1e-8)
}

/** The numbers of a column, or its timestamps in milliseconds: profile, fill, and what the baseline and signature say. */
export async function fitNumbers(rows: FitRows, column: string, feature: FeatureColumn) {
  const { name } = feature
  const impute = imputationOf(feature)
  const median = impute === 'median'
  const profile = rows.profiles?.get(column) ?? (await profileNumbers(rows, [{ column, median }])).get(column)
  if (!profile) throw new Error(`Column ${name} was not profiled.`)
  requirePresent(name, profile.present, profile.missing)
  const mode = impute === 'mostFrequent' ? await mostFrequent(rows, column) : 0
  const fill = fillOf(feature, impute, profile, mode)
  return {
    impute,
    fill,
    profile,
    signature: { ...acceptance(feature, profile.missing), min: profile.low, max: profile.high },
    layout: { kind: 'numeric' as const, name, edges: profile.edges },
  }
}

export async function fitNumeric(
  rows: FitRows,
  column: string,
  feature: FeatureColumn,
): Promise<FittedColumn> {
  const { name, spec, sourceType } = feature
  const { impute, fill, profile, signature, layout } = await fitNumbers(rows, column, feature)
  const imputed = fill === null ? column : `coalesce(${column}, ${fill}::double)`
  const stats = imputedStats(profile, fill)
  const indicator = spec.missingIndicator ? { indicator: true as const } : {}
  const described = {
    signature: { ...signature, type: 'numeric' as const, integer: sourceKind(sourceType) !== 'float' },
    layout,
  }
  if (spec.bins !== undefined) {
    const asked = typeof spec.bins === 'number' ? { count: spec.bins } : spec.bins
    const { count, strategy = 'quantile', encode = 'onehot' } = asked
    const edges = await binEdges(rows, feature, imputed, stats, count, strategy)
    return { ...described, encoder: { kind: 'bins', name, fill, edges, output: encode, ...indicator } }
  }
  const count = fill === null ? profile.present : profile.present + profile.missing
  const scaling = await scalingOf(rows, feature, imputed, stats, count)
  return { ...described, encoder: { kind: 'numeric', name, impute, fill, ...scaling, ...indicator } }
}
