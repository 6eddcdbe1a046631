import type { ColumnLayout } from '../../shared/drift/baseline.ts'
import { baselineBins, collapseEdges } from '../../shared/drift/quantile-edges.ts'
import { Failure } from '../../shared/failure.ts'
import type { ColumnSpec } from '../../shared/features/column-spec.ts'
import type { Encoder } from '../../shared/features/pipeline.ts'
import type { SignatureColumn } from '../../shared/signature/signature.ts'
import type { Session } from '../data/database.ts'
import type { FeatureColumn } from './choose-columns.ts'
import { sourceKind } from './column-kinds.ts'
import { rowsTable } from './split-rows.ts'

/** One feature, fitted on the training rows: how it is encoded, accepted and counted. */
export interface FittedColumn {
  encoder: Encoder
  signature: SignatureColumn
  layout: ColumnLayout
}

/** Categories counted by themselves in the baseline; the rest is `other`. */
const layoutCategories = 50
const signatureValues = 1_000
const train = `from ${rowsTable} where part = 0`

/** Parallel sums differ in their last digits from run to run; twelve digits are the same every time. */
function settled(value: number): number {
  return Number(value.toPrecision(12))
}

async function numbers(session: Session, select: string): Promise<Record<string, number>> {
  const [row] = await session.rows(`select ${select} ${train}`)
  return Object.fromEntries(Object.entries(row ?? {}).map(([key, value]) => [key, Number(value)]))
}

async function requirePresent(session: Session, column: string, name: string): Promise<{ missing: number }> {
  const { present = 0, missing = 0 } = await numbers(
    session,
    `count(${column})::double as present, count(*) filter (${column} is null)::double as missing`,
  )
  if (present > 0) return { missing }
  throw new Failure(
    'invalid-input',
    `Column "${name}" is missing in all ${missing.toLocaleString('en-US')} rows of the training split.`,
    `Put "${name}" in features.exclude.`,
    `features.columns.${name}`,
  )
}

function acceptance(feature: FeatureColumn, missing: number) {
  const accepted = missing > 0 || feature.spec.impute !== undefined
  return { name: feature.name, sourceType: feature.sourceType, required: !accepted, missing: accepted }
}

/** The smallest of the most frequent values, as scikit-learn's SimpleImputer picks it. */
async function mostFrequent(session: Session, column: string): Promise<number> {
  const [row] = await session.rows(
    `select ${column} as v ${train} and ${column} is not null group by 1 order by count(*) desc, v limit 1`,
  )
  return Number(row?.v)
}

async function fillOf(
  session: Session,
  column: string,
  impute: NonNullable<ColumnSpec['impute']>,
  fill: unknown,
): Promise<number | null> {
  if (impute === 'none') return null
  if (impute === 'constant') return Number(fill ?? 0)
  if (impute === 'mostFrequent') return mostFrequent(session, column)
  const aggregate = impute === 'mean' ? 'favg' : 'median'
  const { value = 0 } = await numbers(session, `${aggregate}(${column})::double as value`)
  return settled(value)
}

async function edgesOf(session: Session, column: string): Promise<number[]> {
  const few = await session.rows(
    `select distinct ${column} as v ${train} and ${column} is not null limit ${baselineBins + 1}`,
  )
  if (few.length <= baselineBins) {
    const values = few.map((row) => Number(row.v)).sort((a, b) => a - b)
    return collapseEdges([...values, values.at(-1)!])
  }
  const fractions = Array.from({ length: baselineBins + 1 }, (_, i) => i / baselineBins)
  const [row] = await session.rows(`select quantile_cont(${column}, [${fractions.join(', ')}]) as q ${train}`)
  return collapseEdges((Array.isArray(row?.q) ? row.q : []).map(Number))
}

/** (value − center) × factor, over the imputed column; a column without spread keeps the factor 1, as in scikit-learn. */
function scaling(scale: 'standard' | 'minmax' | 'none', stats: Record<string, number>) {
  const { mean = 0, deviation = 0, low = 0, high = 0 } = stats
  if (scale === 'none') return { center: 0, factor: 1 }
  if (scale === 'minmax') return { center: low, factor: high > low ? 1 / (high - low) : 1 }
  const spread = settled(deviation)
  return { center: settled(mean), factor: spread > 1e-12 * Math.abs(mean) ? 1 / spread : 1 }
}

async function fitNumeric(session: Session, column: string, feature: FeatureColumn): Promise<FittedColumn> {
  const { name, spec, sourceType } = feature
  const { missing } = await requirePresent(session, column, name)
  const { impute = feature.trees ? 'none' : 'median', scale = feature.trees ? 'none' : 'standard' } = spec
  const fill = await fillOf(session, column, impute, spec.fill)
  const imputed = fill === null ? column : `coalesce(${column}, ${fill}::double)`
  const stats = await numbers(
    session,
    `favg(${imputed}) as mean, stddev_pop(${imputed}) as deviation, min(${imputed}) as low, max(${imputed}) as high,
     min(${column}) as lowest, max(${column}) as highest`,
  )
  return {
    encoder: { kind: 'numeric', name, impute, fill, scale, ...scaling(scale, stats) },
    signature: {
      ...acceptance(feature, missing),
      type: 'numeric',
      integer: sourceKind(sourceType) !== 'float',
      min: stats.lowest ?? 0,
      max: stats.highest ?? 0,
    },
    layout: { kind: 'numeric', name, edges: await edgesOf(session, column) },
  }
}

async function fitBoolean(session: Session, column: string, feature: FeatureColumn): Promise<FittedColumn> {
  const { name, spec } = feature
  const { missing } = await requirePresent(session, column, name)
  // Without a wish, a missing truth value becomes the more frequent one.
  const fill =
    spec.impute === undefined && feature.trees
      ? null
      : spec.impute === undefined
        ? ((await numbers(session, `(favg(${column}) >= 0.5)::double as value`)).value ?? 0)
        : await fillOf(session, column, spec.impute, spec.fill)
  return {
    encoder: { kind: 'boolean', name, fill },
    signature: { ...acceptance(feature, missing), type: 'boolean' },
    layout: { kind: 'categorical', name, categories: ['false', 'true'] },
  }
}

/** scikit-learn's order: text by code point, whole numbers by value. */
function inOrder(categories: readonly string[], sourceType: string): string[] {
  if (sourceKind(sourceType) === 'integer') return [...categories].sort((a, b) => Number(a) - Number(b))
  return [...categories].sort((a, b) => (a < b ? -1 : 1))
}

async function fitCategorical(
  session: Session,
  column: string,
  feature: FeatureColumn,
): Promise<FittedColumn> {
  const { name, spec, sourceType } = feature
  const { missing } = await requirePresent(session, column, name)
  const found = await session.rows(
    `select ${column} as v, count(*) as n ${train} and ${column} is not null group by 1 order by n desc, v`,
  )
  const frequent = found.map((row) => String(row.v))
  const fill = spec.impute === 'constant' ? String(spec.fill ?? 'missing') : undefined
  const isNew = fill !== undefined && missing > 0 && !frequent.includes(fill)
  const categories = inOrder(isNew ? [...frequent, fill] : frequent, sourceType)
  const filled = fill !== undefined && categories.includes(fill) ? { fill } : {}
  return {
    encoder:
      spec.encode === 'native'
        ? { kind: 'codes', name, categories: inOrder(frequent, sourceType) }
        : spec.encode === 'ordinal'
          ? { kind: 'ordinal', name, categories, ...filled }
          : { kind: 'onehot', name, categories, missingInput: missing > 0 && fill === undefined, ...filled },
    signature: {
      ...acceptance(feature, missing),
      type: 'categorical',
      values: frequent.slice(0, signatureValues),
    },
    layout: { kind: 'categorical', name, categories: frequent.slice(0, layoutCategories) },
  }
}

/** Fits one feature by aggregates over the training rows; nothing but its statistics leaves the database. */
export function fitColumn(session: Session, column: string, feature: FeatureColumn): Promise<FittedColumn> {
  switch (feature.type) {
    case 'numeric':
      return fitNumeric(session, column, feature)
    case 'boolean':
      return fitBoolean(session, column, feature)
    case 'categorical':
      return fitCategorical(session, column, feature)
  }
}
