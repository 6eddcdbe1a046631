import { Failure } from '../../shared/failure.ts'
import type { ColumnSpec } from '../../shared/features/column-spec.ts'
import { type SourceKind, sourceKind } from '../../shared/features/source-kind.ts'
import type { TrainSpec } from '../../shared/notebook/train-spec.ts'
import { quote, type Session } from '../data/database.ts'
import { relationFailure } from '../data/relation-failure.ts'
import { valueKindOf, valueSql } from './column-kinds.ts'
import { checkColumnSpec } from './features/check-column-spec.ts'
import { inferTextKinds, type TextKind } from './features/infer-text-kinds.ts'
import { heldBackColumns } from './splits/split-column.ts'

export interface SourceColumn {
  name: string
  sourceType: string
  /** Of a text column: what its first rows hold. */
  holds?: TextKind
}

export type FeatureType = 'numeric' | 'categorical' | 'boolean' | 'timestamp' | 'text'

/** A feature: a source column with the type it has for the model. */
export interface FeatureColumn extends SourceColumn {
  type: FeatureType
  spec: ColumnSpec
  /** For boosted trees, which take missing values and unscaled numbers as they are. */
  trees: boolean
  /** What the train cell wants a missing value to become, as the snapshot would hold it. */
  fill: number | string | undefined
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
  const columns = rows.map((row) => ({
    name: String(row.column_name),
    sourceType: String(row.column_type),
  }))
  const texts = columns.filter((column) => sourceKind(column.sourceType) === 'text').map(({ name }) => name)
  const kinds = await inferTextKinds(session, quoted, texts).catch((error: unknown) => {
    throw relationFailure(error, quoted)
  })
  return columns.map((column) => {
    const holds = kinds.get(column.name)
    return holds === undefined ? column : { ...column, holds }
  })
}

function noColumn(name: string, path: string, columns: readonly SourceColumn[], relation: string): Failure {
  const listed = columns.slice(0, 30).map((column) => column.name)
  return new Failure(
    'invalid-input',
    `${path}: relation "${relation}" has no column "${name}".`,
    `Its columns are ${listed.join(', ')}${columns.length > listed.length ? ', …' : ''}. If the data no longer has it, ${path === 'target' ? 'name another target' : `take it out of ${path}`} or bring it back in the SQL cell.`,
    path,
  )
}

export function findTarget(spec: TrainSpec, columns: readonly SourceColumn[]): SourceColumn {
  const target = columns.find((column) => column.name === spec.target)
  if (!target) throw noColumn(spec.target, 'target', columns, spec.from)
  const kind = sourceKind(target.sourceType)
  if (kind === null || kind === 'timestamp') {
    throw new Failure(
      'invalid-input',
      `Target "${target.name}" is of type ${target.sourceType}; a target is text, a truth value or a number.`,
      'Convert it in the SQL cell.',
      'target',
    )
  }
  return target
}

/** The type of a column for the model: what the train cell says, else what DuckDB's type and the data say. */
function typeOf({ sourceType, holds }: SourceColumn, asked: ColumnSpec['type']): FeatureType {
  if (asked) return asked === 'ordinal' ? 'categorical' : asked
  switch (sourceKind(sourceType)) {
    case 'text':
      return holds === 'text' || holds === 'timestamp' ? holds : 'categorical'
    case 'boolean':
      return 'boolean'
    case 'timestamp':
      return 'timestamp'
    default:
      return 'numeric'
  }
}

/** What a column of a DuckDB type may be for the model. */
const possible: Record<SourceKind, readonly FeatureType[]> = {
  text: ['categorical', 'text', 'timestamp'],
  boolean: ['boolean', 'categorical', 'numeric'],
  integer: ['numeric', 'categorical', 'boolean'],
  float: ['numeric', 'boolean'],
  timestamp: ['timestamp'],
}

function featureOf(column: SourceColumn, spec: ColumnSpec, trees: boolean): FeatureColumn {
  const { name, sourceType } = column
  const kind = sourceKind(sourceType)
  if (kind === null) {
    throw new Failure(
      'invalid-input',
      `Column "${name}" is of type ${sourceType}, which no encoder takes.`,
      `Put "${name}" in features.exclude, or convert it to a number or text in the SQL cell.`,
      'features',
    )
  }
  const type = typeOf(column, spec.type)
  const refuse = (why: string, whatToDo: string) =>
    new Failure('invalid-input', why, whatToDo, `features.columns.${name}`)
  if (kind === 'float' && type === 'categorical') {
    throw refuse(
      `Column "${name}" is of type ${sourceType}; fractional numbers cannot be categories.`,
      'Convert it to an integer or to text in the SQL cell.',
    )
  }
  if (!possible[kind].includes(type)) {
    throw refuse(
      `Column "${name}" holds ${kind === 'text' ? 'text' : `a ${kind}`} (${sourceType}) and cannot be ${type}.`,
      'Convert it with CAST in the SQL cell, or leave out its "type".',
    )
  }
  const feature: FeatureColumn = {
    name,
    sourceType,
    type,
    spec,
    trees,
    fill: undefined,
    sql: valueSql(quote(name), sourceType, valueKindOf(type)),
  }
  return { ...feature, fill: checkColumnSpec(feature) }
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
  const specOf = (name: string) => (Object.hasOwn(specs, name) ? specs[name] : undefined)
  return chosen.map((column) => featureOf(column, specOf(column.name) ?? {}, spec.model?.kind === 'gbdt'))
}
