/** What the form offers for a column, and which settings go together. The train cell's own check has the last word. */
import { type columnTypes, encodings } from '../../../../shared/features/column-spec.ts'
import { imputations, scalings } from '../../../../shared/features/pipeline.ts'
import { sourceKind } from '../../../../shared/features/source-kind.ts'
import { type Json, readPath, writePath } from '../train-form.ts'

export type ColumnType = (typeof columnTypes)[number]

export interface Choice {
  readonly value: string
  readonly label: string
}

const typeLabels: Record<ColumnType, string> = {
  numeric: 'Number',
  categorical: 'Category',
  ordinal: 'Ordered category',
  boolean: 'True or false',
  timestamp: 'Time',
  text: 'Text',
}
const imputeLabels: Record<(typeof imputations)[number], string> = {
  mean: 'Mean',
  median: 'Median',
  mostFrequent: 'Most frequent',
  constant: 'A value',
  none: 'Left missing',
}
const scaleLabels: Record<(typeof scalings)[number], string> = {
  standard: 'Standard',
  minmax: 'Min to max',
  robust: 'Robust (quartiles)',
  quantile: 'Quantiles',
  log1p: 'Log of 1 + value',
  yeoJohnson: 'Yeo–Johnson',
  none: 'As it is',
}
const encodeLabels: Record<(typeof encodings)[number], string> = {
  onehot: 'One-hot',
  ordinal: 'Ordinal',
  hashing: 'Hashing',
  frequency: 'Frequency',
  target: 'Target mean',
  native: 'Category splits',
}

const byDefault: Choice = { value: '', label: 'Default' }

function choices<Value extends string>(values: readonly Value[], labels: Record<Value, string>): Choice[] {
  return values.map((value) => ({ value, label: labels[value] }))
}

/** Types that a DuckDB type can be read as. */
const typesOf = {
  text: ['categorical', 'ordinal', 'text', 'timestamp'],
  boolean: ['boolean', 'categorical', 'numeric'],
  integer: ['numeric', 'categorical', 'ordinal', 'boolean'],
  float: ['numeric', 'boolean'],
  timestamp: ['timestamp'],
} as const

/** The type a column has without a setting; a text's is settled by what it holds, mostly categories. */
export function defaultType(sourceType: string): ColumnType | null {
  const kind = sourceKind(sourceType)
  return kind === null ? null : typesOf[kind][0]
}

export function typeChoices(sourceType: string): Choice[] {
  const kind = sourceKind(sourceType)
  if (kind === null) return [byDefault]
  const own = kind === 'text' ? 'From its values' : `${typeLabels[typesOf[kind][0]]} (default)`
  const others = kind === 'text' ? typesOf.text : typesOf[kind].slice(1)
  return [{ value: '', label: own }, ...choices(others, typeLabels)]
}

export function imputeChoices(type: ColumnType, trees: boolean): Choice[] {
  if (type === 'text') return [byDefault]
  if (type === 'categorical' || type === 'ordinal') {
    return [byDefault, ...choices(['mostFrequent', 'constant'], imputeLabels)]
  }
  return [
    byDefault,
    ...choices(
      imputations.filter((impute) => trees || impute !== 'none'),
      imputeLabels,
    ),
  ]
}

/** Ways to make inputs of a column: one choice, though the train cell has three keys for it. */
export function encodingChoices(type: ColumnType, trees: boolean): Choice[] {
  switch (type) {
    case 'numeric':
      return [byDefault, ...choices(scalings, scaleLabels), { value: 'bins', label: 'Bins' }]
    case 'categorical':
      return [
        byDefault,
        ...choices(
          encodings.filter((encode) => trees || encode !== 'native'),
          encodeLabels,
        ),
      ]
    default:
      return [byDefault]
  }
}

export function encodingOf(column: Json): string {
  if (column.bins !== undefined) return 'bins'
  const chosen = column.scale ?? column.encode
  return typeof chosen === 'string' ? chosen : ''
}

const without = (column: Json, keys: readonly string[]): Json =>
  Object.fromEntries(Object.entries(column).filter(([key]) => !keys.includes(key)))

/** Sets one key of a column, and drops those that only went with what it was before. */
export function withSetting(column: Json, path: readonly string[], to: unknown): Json {
  const next = writePath(column, path, to)
  switch (path[0]) {
    case 'type': {
      const { missingIndicator, constraints } = next
      const { required, missing } = (constraints ?? {}) as Json
      let kept: Json = {}
      for (const [keys, value] of [
        [['type'], to],
        [['missingIndicator'], missingIndicator],
        [['constraints', 'required'], required],
        [['constraints', 'missing'], missing],
      ] as const) {
        if (value !== undefined) kept = writePath(kept, keys, value)
      }
      return kept
    }
    case 'impute':
      return to === 'constant' ? next : without(next, ['fill'])
    default:
      return next
  }
}

/** Sets how inputs are made of a column, and drops the parameters of the way before. */
export function withEncoding(column: Json, type: ColumnType, to: string): Json {
  const bare = without(column, ['scale', 'distribution', 'bins', 'encode', 'minFrequency', 'width', 'order'])
  if (to === '') return bare
  if (to === 'bins') return { ...bare, bins: 8 }
  if (type === 'numeric') return { ...bare, scale: to }
  // These have a place for missing values, so that nothing is imputed.
  const placed = ['hashing', 'frequency', 'target', 'native'].includes(to)
  return { ...(placed ? without(bare, ['impute', 'fill']) : bare), encode: to }
}

/** A column's settings in the train cell. */
export function settingsOf(spec: Json, name: string): Json {
  const column = readPath(spec, ['features', 'columns', name])
  return typeof column === 'object' && column !== null && !Array.isArray(column) ? (column as Json) : {}
}

export function writeSettings(spec: Json, name: string, column: Json): Json {
  return writePath(spec, ['features', 'columns', name], Object.keys(column).length === 0 ? undefined : column)
}

function range(low: unknown, high: unknown): string | null {
  if (low !== undefined && high !== undefined) return `${String(low)} to ${String(high)}`
  if (low !== undefined) return `at least ${String(low)}`
  return high === undefined ? null : `at most ${String(high)}`
}

/** What the folded details of a column say, in a few words. */
export function detailsInWords(column: Json): string {
  const constraints = (column.constraints ?? {}) as Json
  const bins = typeof column.bins === 'object' ? readPath(column, ['bins', 'count']) : column.bins
  const count = (value: unknown, one: string) => (Array.isArray(value) ? `${value.length} ${one}` : null)
  return [
    column.impute === 'constant' && column.fill !== undefined ? `filled with ${String(column.fill)}` : null,
    bins === undefined ? null : `${String(bins)} bins`,
    column.distribution === 'normal' ? 'to a normal distribution' : null,
    column.minFrequency === undefined ? null : `rarer than ${String(column.minFrequency)} together`,
    column.width === undefined ? null : `${String(column.width)} inputs`,
    count(column.order, 'values in order'),
    Array.isArray(column.parts) ? column.parts.join(', ') : null,
    column.missingIndicator === true ? 'indicator' : null,
    range(constraints.min, constraints.max),
    constraints.integer === true ? 'whole' : null,
    count(constraints.values, 'values allowed'),
    constraints.pattern === undefined ? null : 'pattern',
    constraints.required === true ? 'required' : null,
    constraints.missing === false ? 'never missing' : null,
  ]
    .filter((words) => words !== null)
    .join(' · ')
}
