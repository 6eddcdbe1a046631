import { Failure } from '../../failure.ts'
import { type GraphValue, type OnnxGraph, type TensorType, tensorTypes } from './read-graph.ts'
import { textCategories } from './text-categories.ts'

/** A tensor that the graph is fed. */
export interface OnnxInput {
  readonly name: string
  readonly type: TensorType
  /** Columns side by side in it; null where the file leaves it open. */
  readonly columns: number | null
  /** Of texts: those that the graph tells apart. */
  readonly categories: readonly string[] | null
}

export interface OnnxInputs {
  readonly inputs: readonly OnnxInput[]
  /** Rows that every run takes, no fewer and no more; null for any number. */
  readonly rows: number | null
}

/** More columns than a table can be expected to have. */
const mostColumns = 10_000

function refused(shown: string, { name }: GraphValue, found: string, whatToDo: string): Failure {
  return new Failure('invalid-input', `The input "${name}" of ${shown} ${found}`, whatToDo, 'file')
}

function columnsOf(value: GraphValue, shown: string): number | null {
  const { shape } = value
  if (shape?.length === 2) {
    const columns = shape[1] ?? null
    if (columns !== null && columns > mostColumns) {
      throw refused(
        shown,
        value,
        `has ${columns} columns; ${mostColumns} at most can be fed.`,
        'Import a model of tables.',
      )
    }
    return columns
  }
  const found = shape
    ? `has ${shape.length} dimensions (${shape.map((length) => length ?? 'any').join(' × ')})`
    : 'has no shape'
  throw refused(
    shown,
    value,
    `${found}; expected rows × columns.`,
    'Models of tables can be imported; images, sequences and text need what this catalog does not have.',
  )
}

function typeOf(value: GraphValue, shown: string): TensorType {
  const type = tensorTypes.find((known) => known === value.type)
  if (type) return type
  const expected = `${tensorTypes.slice(0, -1).join(', ')} or ${tensorTypes.at(-1)}`
  throw refused(shown, value, `is ${value.type}; expected ${expected}.`, 'Export it with one of these types.')
}

/** @throws Failure `invalid-input` naming the input and what was expected of it */
export function describeInputs(graph: OnnxGraph, shown: string): OnnxInputs {
  const fixed = new Set<number>()
  const inputs = graph.inputs.map((value): OnnxInput => {
    const type = typeOf(value, shown)
    const columns = columnsOf(value, shown)
    const rows = value.shape?.[0]
    if (typeof rows === 'number') fixed.add(rows)
    const categories = type === 'string' ? textCategories(graph, value.name, shown) : null
    return { name: value.name, type, columns, categories }
  })
  if (inputs.length === 0) {
    throw new Failure(
      'invalid-input',
      `${shown} has no inputs.`,
      'Import a model that reads columns.',
      'file',
    )
  }
  if (fixed.size > 1) {
    throw new Failure(
      'invalid-input',
      `The inputs of ${shown} take different numbers of rows: ${[...fixed].join(', ')}.`,
      'Export it with a first dimension that is left open, the same for all inputs.',
      'file',
    )
  }
  const [rows = null] = fixed
  return { inputs, rows }
}
