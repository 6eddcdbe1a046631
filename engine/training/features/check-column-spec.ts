import { assertNever } from '../../../shared/assert-never.ts'
import { Failure } from '../../../shared/failure.ts'
import type { ColumnSpec } from '../../../shared/features/column-spec.ts'
import { sourceKind } from '../../../shared/features/source-kind.ts'
import { parseTimestamp } from '../../../shared/signature/parse-timestamp.ts'
import type { FeatureColumn, FeatureType } from '../choose-columns.ts'

/** The types of column that a key is for. */
const appliesTo: Partial<Record<keyof ColumnSpec, readonly FeatureType[]>> = {
  scale: ['numeric'],
  distribution: ['numeric'],
  bins: ['numeric'],
  encode: ['categorical'],
  minFrequency: ['categorical'],
  order: ['categorical'],
  width: ['categorical', 'text'],
  parts: ['timestamp'],
  cyclical: ['timestamp'],
}

const imputes: Record<FeatureType, readonly NonNullable<ColumnSpec['impute']>[]> = {
  numeric: ['mean', 'median', 'mostFrequent', 'constant', 'none'],
  boolean: ['mean', 'median', 'mostFrequent', 'constant', 'none'],
  categorical: ['mostFrequent', 'constant'],
  timestamp: ['mean', 'median', 'mostFrequent', 'constant', 'none'],
  text: [],
}

/** Encodings in which a filled category would be lost or mean nothing. */
const unfilled: readonly ColumnSpec['encode'][] = ['hashing', 'frequency', 'target', 'native']

type Refuse = (message: string, whatToDo: string) => Failure

function checkApplicable({ name, type, sourceType, spec }: FeatureColumn, refuse: Refuse): void {
  for (const [key, types] of Object.entries(appliesTo)) {
    if (spec[key as keyof ColumnSpec] === undefined || types.includes(type)) continue
    throw refuse(
      `Column "${name}" is ${type}: "${key}" does not apply to it.`,
      `Leave it out, or set "type": "${types[0]}" if that is what it is.`,
    )
  }
  const together: [keyof ColumnSpec, boolean, string][] = [
    ['distribution', spec.scale === 'quantile', '"scale": "quantile"'],
    ['scale', spec.bins === undefined, 'no "bins": the bins replace the number'],
    ['minFrequency', spec.encode === undefined || spec.encode === 'onehot', '"encode": "onehot"'],
    ['order', spec.type === 'ordinal' || spec.encode === 'ordinal', '"type": "ordinal"'],
    [
      'width',
      type === 'text' || spec.encode === undefined || spec.encode === 'hashing',
      '"encode": "hashing"',
    ],
  ]
  for (const [key, fits, needs] of together) {
    if (spec[key] === undefined || fits) continue
    throw refuse(
      `Column "${name}" has "${key}", which goes with ${needs} only.`,
      `Leave out "${key}", or ask for ${needs}.`,
    )
  }
  if (spec.type === 'ordinal' && spec.encode !== undefined && spec.encode !== 'ordinal') {
    throw refuse(
      `Column "${name}" is ordinal, but its "encode" is "${spec.encode}", which has no order.`,
      'Leave out "encode", or set "type": "categorical".',
    )
  }
  if (spec.type === 'ordinal' && spec.order === undefined && sourceKind(sourceType) === 'text') {
    throw refuse(
      `Column "${name}" is to be ordinal, but nothing says the order of its texts.`,
      'Name its values from least to greatest in "order", or set "type": "categorical".',
    )
  }
  const { minFrequency: least } = spec
  if (least !== undefined && least >= 1 && !Number.isInteger(least)) {
    throw refuse(
      `Column "${name}" has the "minFrequency" ${least}; it is a whole number of rows, or a share of them below 1.`,
      'Use a whole number, or a number below 1.',
    )
  }
}

function checkImpute({ name, type, spec, trees }: FeatureColumn, refuse: Refuse): void {
  const { impute, encode } = spec
  if (!trees && (impute === 'none' || encode === 'native')) {
    const [key, value] = impute === 'none' ? ['impute', 'none'] : ['encode', 'native']
    throw refuse(
      `Column "${name}" has "${key}": "${value}", which only a "gbdt" model can take.`,
      key === 'impute'
        ? 'Impute its missing values with "median", "mean", "mostFrequent" or "constant", or use "model": {"kind": "gbdt"}.'
        : 'Use another "encode", such as "onehot", or "model": {"kind": "gbdt"}.',
    )
  }
  if (impute === undefined) return
  if (type === 'text') {
    throw refuse(
      `Column "${name}" is text: a missing one has no word, and nothing to impute.`,
      'Leave out "impute"; "missingIndicator": true tells the two apart.',
    )
  }
  if (!imputes[type].includes(impute)) {
    throw refuse(
      `Column "${name}" is ${type} and has no ${impute}.`,
      'Use "impute": "constant" with a "fill", or leave it out: missing is then a category of its own.',
    )
  }
  if (unfilled.includes(encode)) {
    throw refuse(
      `Column "${name}" has "impute": "${impute}", but its "encode": "${encode}" has a place for missing values.`,
      'Leave out "impute".',
    )
  }
}

function isOfType(type: FeatureType, fill: NonNullable<ColumnSpec['fill']>): boolean {
  switch (type) {
    case 'numeric':
    case 'timestamp':
      return typeof fill === 'number'
    case 'boolean':
      return typeof fill === 'boolean' || fill === 0 || fill === 1
    case 'categorical':
    case 'text':
      return typeof fill === 'string'
    default:
      return assertNever(type)
  }
}

/** The fill as the snapshot would hold it. */
function fillOf({ name, type, spec }: FeatureColumn, refuse: Refuse): number | string | undefined {
  const { fill, impute } = spec
  if (fill === undefined) return undefined
  const at = type === 'timestamp' && typeof fill === 'string' ? parseTimestamp(fill) : null
  const fits = at !== null || isOfType(type, fill)
  if (!fits || impute !== 'constant') {
    throw refuse(
      fits
        ? `Column "${name}" has a "fill" but not "impute": "constant".`
        : `Column "${name}" is ${type}; its "fill" is ${JSON.stringify(fill)}.`,
      'Give a "fill" of the column\'s own type together with "impute": "constant".',
    )
  }
  if (at !== null) return at
  return typeof fill === 'string' ? fill : Number(fill)
}

function checkConstraints({ name, type, spec }: FeatureColumn, refuse: Refuse): void {
  const { constraints = {} } = spec
  const { min, max } = constraints
  const numeric = min !== undefined || max !== undefined || constraints.integer !== undefined
  const textual = constraints.values !== undefined || constraints.pattern !== undefined
  if (
    (numeric && type !== 'numeric' && type !== 'timestamp') ||
    (textual && type !== 'categorical' && type !== 'text')
  ) {
    throw refuse(
      `Column "${name}" is ${type}: its constraints may not have ${numeric ? '"min", "max" or "integer"' : '"values" or "pattern"'}.`,
      numeric
        ? 'Use "values" or "pattern" for categories and texts.'
        : 'Use "min", "max" or "integer" for numbers.',
    )
  }
  const bounds = [min, max].map((bound) => {
    const value = type === 'timestamp' && typeof bound === 'string' ? parseTimestamp(bound) : bound
    if (typeof bound === 'string' && typeof value !== 'number') {
      throw refuse(
        `Column "${name}" is ${type}; its constraints have the bound ${JSON.stringify(bound)}.`,
        type === 'timestamp' ? 'Use an ISO 8601 date, such as "2024-01-31".' : 'Use a number.',
      )
    }
    return value
  })
  const [low, high] = bounds
  if (typeof low === 'number' && typeof high === 'number' && low > high) {
    throw refuse(
      `Column "${name}" is to be at least ${String(min)} and at most ${String(max)}, which nothing is.`,
      'Swap "min" and "max".',
    )
  }
}

/**
 * Refuses settings that do not go with a column, its type, the model or each other.
 *
 * @returns the fill as the snapshot would hold it
 */
export function checkColumnSpec(feature: FeatureColumn): number | string | undefined {
  const path = `features.columns.${feature.name}`
  const refuse: Refuse = (message, whatToDo) => new Failure('invalid-input', message, whatToDo, path)
  checkApplicable(feature, refuse)
  checkImpute(feature, refuse)
  checkConstraints(feature, refuse)
  return fillOf(feature, refuse)
}
