import { Failure } from '../../failure.ts'
import type { Label } from '../../signature/signature.ts'
import type { GraphNode, GraphValue, OnnxGraph } from './read-graph.ts'

/** What a graph answers, read off its outputs. */
export interface OnnxAnswers {
  /**
   * `classes`: a probability per class; `positive`: one column, the probability of the second class;
   * `value`: a number, or as `positive` where two classes are given.
   */
  readonly kind: 'classes' | 'positive' | 'value'
  /** The tensor that holds them. */
  readonly scores: string
  /** It is given out as maps by label; ZipMap, which makes them, is left out. */
  readonly zipMap: boolean
  /** Columns of the scores; null where the file does not say. */
  readonly columns: number | null
  /** The tensor of the predicted label, and the labels in the order of the scores; null where they cannot be told. */
  readonly label: { readonly name: string; readonly values: readonly Label[] | null } | null
}

const isFloat = ({ type }: GraphValue) => type === 'float32' || type === 'float64'
const isLabel = ({ type }: GraphValue) => ['int64', 'int32', 'string', 'bool'].includes(type)

function refused(shown: string, message: string, whatToDo: string): Failure {
  return new Failure('invalid-input', `${shown} ${message}`, whatToDo, 'file')
}

const shapeText = ({ shape }: GraphValue) => (shape ?? []).map((length) => length ?? 'any').join(' × ')

const outputList = (values: readonly GraphValue[]) =>
  values.map((value) => `"${value.name}" (${value.type}, ${shapeText(value)})`).join(', ')

/** The node that computes a value, past nodes that change nothing of it. */
function producerOf(graph: OnnxGraph, name: string): GraphNode | undefined {
  const node = graph.nodes.find(({ outputs }) => outputs.includes(name))
  const through =
    node && ['Identity', 'Reshape', 'Squeeze', 'Unsqueeze', 'Flatten', 'Cast'].includes(node.type)
  return through ? producerOf(graph, node.inputs[0] ?? '') : node
}

const labelAttributes = ['classlabels_strings', 'classlabels_int64s', 'classlabels_ints', 'values_strings']

/** Labels in the order of the scores: of ZipMap, of a classifier, or the list that the label is picked from. */
function labelTexts(graph: OnnxGraph, label: string): readonly string[] | null {
  const zipMap = graph.nodes.find(({ type }) => type === 'ZipMap')
  const waiting = zipMap ? [zipMap] : []
  const seen = new Set<GraphNode>()
  const producer = graph.nodes.find(({ outputs }) => outputs.includes(label))
  if (producer) waiting.push(producer)
  for (let node = waiting.shift(); node !== undefined; node = waiting.shift()) {
    if (seen.has(node)) continue
    seen.add(node)
    for (const name of labelAttributes) {
      const found = node.attribute(name)
      const values = found ? [...found.texts, ...found.integers.map(String)] : []
      if (values.length > 1) return values
    }
    if (node.type === 'ArrayFeatureExtractor' || node.type === 'Gather') {
      const values = graph.constant(node.inputs[0] ?? '')
      if (values) return values
    }
    const inputs = new Set(node.inputs)
    waiting.push(...graph.nodes.filter(({ outputs }) => outputs.some((name) => inputs.has(name))))
  }
  return null
}

function labelsOf(graph: OnnxGraph, { name, type }: GraphValue): readonly Label[] | null {
  if (type === 'bool') return [false, true]
  const texts = labelTexts(graph, name)
  return texts && (type === 'string' ? texts : texts.map(Number))
}

/** The last length of a tensor of one value or one row of values per row. */
function columnsOf(value: GraphValue, shown: string): number | null {
  const { name, shape } = value
  if (!shape) return null
  if (shape.length === 1) return 1
  if (shape.length === 2) return shape[1] ?? null
  throw refused(
    shown,
    `has the output "${name}" of ${shape.length} dimensions (${shapeText(value)}); expected one row of numbers per row.`,
    'Export the model so that it answers rows × classes, or rows × 1.',
  )
}

/** @throws Failure `invalid-input` naming the outputs and what was expected of them */
export function describeOutputs(graph: OnnxGraph, shown: string): OnnxAnswers {
  const { outputs } = graph
  const floats = outputs.filter(isFloat)
  const maps = outputs.filter(({ type }) => type === 'maps')
  const labels = outputs.filter(isLabel)
  const [scores] = floats
  const [map] = maps
  const [label] = labels
  if (floats.length + maps.length !== 1 || labels.length > 1 || outputs.length > 2) {
    const only = floats.length + maps.length === 0 && label ? ' Labels alone are not enough.' : ''
    throw refused(
      shown,
      `has the outputs ${outputList(outputs) || 'none'}; expected one of numbers, or a label and its probabilities.${only}`,
      'Export it with those outputs alone. With skl2onnx: options={"zipmap": False}; a classifier needs predict_proba.',
    )
  }
  const given = label ? { name: label.name, values: labelsOf(graph, label) } : null
  if (map) {
    const zipMap = graph.nodes.find(({ type, outputs: made }) => type === 'ZipMap' && made.includes(map.name))
    const from = zipMap?.inputs[0]
    if (from === undefined || !given) {
      throw refused(
        shown,
        `has the output "${map.name}" of maps that ZipMap did not make, which cannot be read.`,
        'Export it with probabilities as a tensor. With skl2onnx: options={"zipmap": False}.',
      )
    }
    return {
      kind: 'classes',
      scores: from,
      zipMap: true,
      columns: given.values?.length ?? null,
      label: given,
    }
  }
  if (!scores) throw new Error('One output of numbers was counted.')
  const columns = columnsOf(scores, shown)
  if (label && columns === 1) {
    throw refused(
      shown,
      `has one score a row beside the label "${label.name}"; expected a probability for each class.`,
      'Export a classifier that has predict_proba.',
    )
  }
  const last = producerOf(graph, scores.name)?.type
  const many = label !== undefined || (columns ?? 0) > 1 || last === 'Softmax'
  const kind = many ? 'classes' : last === 'Sigmoid' ? 'positive' : 'value'
  return { kind, scores: scores.name, zipMap: false, columns, label: given }
}
