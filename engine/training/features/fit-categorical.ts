import { Failure } from '../../../shared/failure.ts'
import type { Encoder } from '../../../shared/features/pipeline.ts'
import { sourceKind } from '../../../shared/features/source-kind.ts'
import type { FeatureColumn } from '../choose-columns.ts'
import { type FitRows, requirePresent } from './fit-rows.ts'
import { fitTarget, mostTargetNumbers } from './fit-target.ts'
import { acceptance, type FittedColumn } from './fitted-column.ts'

/** Categories counted by themselves in the baseline; the rest is `other`. */
const layoutCategories = 50
const signatureValues = 1_000
/** From here on a column has many categories, and an input for each would be too many. */
export const mostForOnehotByDefault = 64
const defaultHashWidth = 64
/** Most categories that an encoder keeps by name. */
const mostKept = {
  onehot: 1_000,
  ordinal: 100_000,
  native: 10_000,
  frequency: 100_000,
  target: 50_000,
} as const
/** Of a hashed column, these are counted by themselves. */
const knownOfHashing = 1_000

type Encoding = NonNullable<FeatureColumn['spec']['encode']>

/** scikit-learn's order: text by code point, whole numbers by value. */
function inOrder(categories: readonly string[], sourceType: string): string[] {
  if (sourceKind(sourceType) === 'integer') return [...categories].sort((a, b) => Number(a) - Number(b))
  return [...categories].sort((a, b) => (a < b ? -1 : 1))
}

interface Counted {
  /** Most frequent first. */
  names: string[]
  counts: number[]
  missing: number
  rows: number
}

async function countCategories(rows: FitRows, column: string): Promise<Counted> {
  const found = await rows.session.rows(
    `select ${column} as v, count(*)::double as n from ${rows.table} where ${rows.where} group by 1 order by n desc, v`,
  )
  const counted: Counted = { names: [], counts: [], missing: 0, rows: 0 }
  for (const { v, n } of found) {
    counted.rows += Number(n)
    if (v === null || v === undefined) counted.missing = Number(n)
    else {
      counted.names.push(String(v))
      counted.counts.push(Number(n))
    }
  }
  return counted
}

/** Few categories get an input each; many the target's mean, or, where that would be too wide, hashed inputs. */
function encodingOf(feature: FeatureColumn, counted: Counted, outputs: number): Encoding {
  const { spec } = feature
  if (spec.encode) return spec.encode
  if (spec.type === 'ordinal') return 'ordinal'
  if (spec.width !== undefined) return 'hashing'
  if (spec.minFrequency !== undefined || counted.names.length <= mostForOnehotByDefault) return 'onehot'
  const fits = counted.names.length <= mostKept.target && counted.names.length * outputs <= mostTargetNumbers
  return fits && outputs <= 16 ? 'target' : 'hashing'
}

function refuseMany(feature: FeatureColumn, encoding: Exclude<Encoding, 'hashing'>, count: number): void {
  const most = mostKept[encoding]
  if (count <= most) return
  throw new Failure(
    'invalid-input',
    `Column "${feature.name}" has ${count.toLocaleString('en-US')} different values; ${encoding} encoding takes at most ${most.toLocaleString('en-US')}.`,
    encoding === 'onehot'
      ? `Set "encode": "target" or "hashing", or a "minFrequency", or put "${feature.name}" in features.exclude.`
      : `Set "encode": "hashing", group rare values in the SQL cell, or put "${feature.name}" in features.exclude.`,
    `features.columns.${feature.name}`,
  )
}

/** The order a train cell gives, which must name every category of the training rows. */
function givenOrder(feature: FeatureColumn, names: readonly string[]): string[] | null {
  const { order } = feature.spec
  if (!order) return null
  const known = new Set(order)
  const absent = names.filter((name) => !known.has(name))
  if (absent.length === 0 && known.size === order.length) return [...order]
  const path = `features.columns.${feature.name}.order`
  throw new Failure(
    'invalid-input',
    absent.length > 0
      ? `The order of column "${feature.name}" lacks ${absent
          .slice(0, 10)
          .map((name) => JSON.stringify(name))
          .join(', ')}, which the data has.`
      : `The order of column "${feature.name}" names a value twice.`,
    'Name every value once, from least to greatest.',
    path,
  )
}

/** The category a missing value becomes. */
function fillOf(feature: FeatureColumn, { names }: Counted): string | undefined {
  const { impute } = feature.spec
  if (impute === 'constant') return String(feature.fill ?? 'missing')
  return impute === 'mostFrequent' ? names[0] : undefined
}

function onehot(feature: FeatureColumn, counted: Counted, fill: string | undefined): Encoder {
  const { name, spec, sourceType } = feature
  const { minFrequency } = spec
  const least = minFrequency === undefined ? 0 : minFrequency < 1 ? minFrequency * counted.rows : minFrequency
  const isFrequent = (_: string, i: number) => counted.counts[i]! >= least
  const frequent = counted.names.filter(isFrequent)
  const rare = counted.names.filter((category, i) => !isFrequent(category, i))
  refuseMany(feature, 'onehot', frequent.length)
  const isNew = fill !== undefined && counted.missing > 0 && !frequent.includes(fill)
  const categories = inOrder(isNew ? [...frequent, fill] : frequent, sourceType)
  return {
    kind: 'onehot',
    name,
    categories,
    ...(minFrequency === undefined ? {} : { rare: rare.slice(0, mostKept.ordinal), otherInput: true }),
    missingInput: spec.missingIndicator ?? (counted.missing > 0 && fill === undefined),
    ...(fill !== undefined && categories.includes(fill) ? { fill } : {}),
  }
}

async function encoderOf(
  rows: FitRows,
  column: string,
  feature: FeatureColumn,
  counted: Counted,
): Promise<Encoder> {
  const { name, spec, sourceType } = feature
  const outputs = rows.task === 'multiclass' ? rows.classes.length : 1
  const encoding = encodingOf(feature, counted, outputs)
  const fill = fillOf(feature, counted)
  if (encoding === 'onehot') return onehot(feature, counted, fill)
  const indicator = spec.missingIndicator ? { indicator: true as const } : {}
  if (encoding === 'hashing') {
    const width = spec.width ?? defaultHashWidth
    return { kind: 'hashing', name, width, categories: counted.names.slice(0, knownOfHashing), ...indicator }
  }
  refuseMany(feature, encoding, counted.names.length)
  const isNew =
    encoding === 'ordinal' && fill !== undefined && counted.missing > 0 && !counted.names.includes(fill)
  const all = isNew && fill !== undefined ? [...counted.names, fill] : counted.names
  const categories = givenOrder(feature, all) ?? inOrder(all, sourceType)
  switch (encoding) {
    case 'ordinal': {
      const filled = fill !== undefined && categories.includes(fill) ? { fill } : {}
      return { kind: 'ordinal', name, categories, ...filled, ...indicator }
    }
    case 'native':
      return { kind: 'codes', name, categories, ...indicator }
    case 'frequency': {
      const countOf = new Map(counted.names.map((category, i) => [category, counted.counts[i]!]))
      const shares = categories.map((category) => (countOf.get(category) ?? 0) / counted.rows)
      return {
        kind: 'frequency',
        name,
        categories,
        shares,
        missing: counted.missing / counted.rows,
        ...indicator,
      }
    }
    case 'target':
      return { ...(await fitTarget(rows, column, feature, categories)), ...indicator }
  }
}

export async function fitCategorical(
  rows: FitRows,
  column: string,
  feature: FeatureColumn,
): Promise<FittedColumn> {
  const counted = await countCategories(rows, column)
  requirePresent(feature.name, counted.names.length, counted.missing)
  const encoder = await encoderOf(rows, column, feature, counted)
  const ordered = feature.spec.type === 'ordinal' && 'categories' in encoder
  return {
    encoder,
    signature: {
      ...acceptance(feature, counted.missing),
      type: 'categorical',
      values: (ordered ? encoder.categories : counted.names).slice(0, signatureValues),
      ...(ordered ? { ordered: true as const } : {}),
    },
    layout: { kind: 'categorical', name: feature.name, categories: counted.names.slice(0, layoutCategories) },
  }
}
