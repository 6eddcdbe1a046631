import { Failure } from '../../shared/failure.ts'
import type { ColumnSpec } from '../../shared/features/column-spec.ts'
import type { TrainSpec } from '../../shared/notebook/train-spec.ts'
import { quote, type Session } from '../data/database.ts'
import { sourceKind, valueSql } from './column-kinds.ts'
import { heldBackColumns } from './splits/split-column.ts'

export interface SourceColumn {
  name: string
  sourceType: string
}

/** A feature: a source column with the type it has for the model. */
export interface FeatureColumn extends SourceColumn {
  type: 'numeric' | 'categorical' | 'boolean'
  spec: ColumnSpec
  /** For boosted trees, which take missing values and unscaled numbers as they are. */
  trees: boolean
  /** Its value in SQL over the relation. */
  sql: string
}

/** Columns of a relation, in order. Throws what DuckDB says of a view that cannot be read. */
export async function describeRelation(
  session: Session,
  relation: string,
  quoted: string,
): Promise<SourceColumn[]> {
  const known = await session.rows(
    `select table_schema as s, table_name as n from information_schema.tables order by 1, 2`,
  )
  const names = known.map(({ s, n }) => (s === 'main' ? String(n) : `${String(s)}.${String(n)}`))
  const wanted = relation.replace(/^main\./, '').toLowerCase()
  if (!names.some((name) => name.toLowerCase() === wanted)) {
    throw new Failure(
      'invalid-input',
      `There is no relation "${relation}" to train on.`,
      names.length > 0
        ? `Use one of ${names.slice(0, 20).join(', ')}, or run the cell that defines it.`
        : 'Import a file or run the cell that defines it.',
      'from',
    )
  }
  const rows = await session.rows(`describe select * from ${quoted}`)
  return rows.map((row) => ({ name: String(row.column_name), sourceType: String(row.column_type) }))
}

function noColumn(name: string, path: string, columns: readonly SourceColumn[], relation: string): Failure {
  const listed = columns.slice(0, 30).map((column) => column.name)
  return new Failure(
    'invalid-input',
    `${path}: relation "${relation}" has no column "${name}".`,
    `Its columns are ${listed.join(', ')}${columns.length > listed.length ? ', …' : ''}.`,
    path,
  )
}

export function findTarget(spec: TrainSpec, columns: readonly SourceColumn[]): SourceColumn {
  const target = columns.find((column) => column.name === spec.target)
  if (!target) throw noColumn(spec.target, 'target', columns, spec.from)
  if (sourceKind(target.sourceType) === null) {
    throw new Failure(
      'invalid-input',
      `Target "${target.name}" is of type ${target.sourceType}; a target is text, a truth value or a number.`,
      'Convert it in the SQL cell.',
      'target',
    )
  }
  return target
}

function featureOf(column: SourceColumn, spec: ColumnSpec, trees: boolean): FeatureColumn {
  const { name, sourceType } = column
  const path = `features.columns.${name}`
  const kind = sourceKind(sourceType)
  if (kind === null) {
    throw new Failure(
      'invalid-input',
      `Column "${name}" is of type ${sourceType}, which no encoder takes.`,
      `Put "${name}" in features.exclude, or convert it to a number or text in the SQL cell.`,
      'features',
    )
  }
  const inferred = kind === 'text' ? 'categorical' : kind === 'boolean' ? 'boolean' : 'numeric'
  const type = spec.type ?? inferred
  const refuse = (why: string, whatToDo: string) => new Failure('invalid-input', why, whatToDo, path)
  if (kind === 'text' && type !== 'categorical') {
    throw refuse(
      `Column "${name}" holds text (${sourceType}) and cannot be ${type}.`,
      'Convert it with CAST in the SQL cell, or leave out its "type".',
    )
  }
  if (kind === 'float' && type === 'categorical') {
    throw refuse(
      `Column "${name}" is of type ${sourceType}; fractional numbers cannot be categories.`,
      'Convert it to an integer or to text in the SQL cell.',
    )
  }
  const hasScale = spec.scale !== undefined && type !== 'numeric'
  const hasEncode = spec.encode !== undefined && type !== 'categorical'
  if (hasScale || hasEncode) {
    throw refuse(
      `Column "${name}" is ${type}: "${hasScale ? 'scale' : 'encode'}" does not apply to it.`,
      `Leave it out, or set "type": "${hasScale ? 'numeric' : 'categorical'}" if that is what it is.`,
    )
  }
  if (!trees && (spec.impute === 'none' || spec.encode === 'native')) {
    const [key, value] = spec.impute === 'none' ? ['impute', 'none'] : ['encode', 'native']
    throw refuse(
      `Column "${name}" has "${key}": "${value}", which only a "gbdt" model can take.`,
      key === 'impute'
        ? 'Impute its missing values with "median", "mean", "mostFrequent" or "constant", or use "model": {"kind": "gbdt"}.'
        : 'Use another "encode", such as "onehot", or "model": {"kind": "gbdt"}.',
    )
  }
  if (type === 'categorical' && (spec.impute === 'mean' || spec.impute === 'median')) {
    throw refuse(
      `Column "${name}" is categorical and has no ${spec.impute}.`,
      'Use "impute": "constant" with a "fill", or leave it out: missing is then a category of its own.',
    )
  }
  const fillFits =
    spec.fill === undefined ||
    (type === 'categorical' ? typeof spec.fill === 'string' : typeof spec.fill !== 'string')
  if (!fillFits || (spec.fill !== undefined && spec.impute !== 'constant')) {
    throw refuse(
      fillFits
        ? `Column "${name}" has a "fill" but not "impute": "constant".`
        : `Column "${name}" is ${type}; its "fill" is ${JSON.stringify(spec.fill)}.`,
      'Give a "fill" of the column\'s own type together with "impute": "constant".',
    )
  }
  return {
    name,
    sourceType,
    type,
    spec,
    trees,
    sql: valueSql(quote(name), sourceType, type === 'categorical'),
  }
}

/** The features a spec asks for, in the relation's order. */
export function chooseFeatures(spec: TrainSpec, columns: readonly SourceColumn[]): FeatureColumn[] {
  const { include, exclude = [], columns: specs = {} } = spec.features ?? {}
  const names = new Set(columns.map((column) => column.name))
  const groups = [
    ['include', include ?? []],
    ['exclude', exclude],
    ['columns', Object.keys(specs)],
  ] as const
  for (const [key, list] of groups) {
    for (const name of list) {
      const path = `features.${key}`
      if (!names.has(name)) throw noColumn(name, path, columns, spec.from)
      if (name === spec.target && key !== 'exclude') {
        throw new Failure(
          'invalid-input',
          `${path}: "${name}" is the target; a model that is given its answer learns nothing.`,
          `Take it out of ${path}.`,
          path,
        )
      }
    }
  }
  const left = new Set([spec.target, spec.weight, ...exclude, ...heldBackColumns(spec)])
  const chosen = columns.filter(({ name }) => !left.has(name) && (include?.includes(name) ?? true))
  if (chosen.length === 0) {
    throw new Failure(
      'invalid-input',
      `Relation "${spec.from}" leaves no feature beside the target "${spec.target}".`,
      'Include at least one column.',
      'features',
    )
  }
  return chosen.map((column) => featureOf(column, specs[column.name] ?? {}, spec.model?.kind === 'gbdt'))
}
