import { Failure } from '../../failure.ts'
import { fieldsOf, packedVarints, textOf, type WireField } from './protobuf.ts'

/** Types of ONNX tensors that rows can be fed as, or answers read from. */
export const tensorTypes = ['float32', 'float64', 'int64', 'int32', 'string', 'bool'] as const
export type TensorType = (typeof tensorTypes)[number]

/** An input or output of the graph. */
export interface GraphValue {
  readonly name: string
  /** ONNX's own name of the type where rows have nothing for it; `maps` for what ZipMap makes. */
  readonly type: TensorType | 'maps' | (string & {})
  /** null for a length that is not fixed; absent where the file says nothing of the shape. */
  readonly shape?: readonly (number | null)[]
}

export interface GraphNode {
  readonly type: string
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly attribute: (name: string) => Attribute | undefined
}

export interface Attribute {
  readonly integer?: bigint
  readonly integers: readonly bigint[]
  readonly texts: readonly string[]
}

export interface OnnxGraph {
  /** The program that wrote the file, with its version. */
  readonly producer: string
  readonly inputs: readonly GraphValue[]
  readonly outputs: readonly GraphValue[]
  readonly nodes: readonly GraphNode[]
  /** Values of a small constant of the file as texts; null where it has none of that name, or one of floats. */
  constant(name: string): readonly string[] | null
  /** Types of the operators, once each, those of subgraphs too. */
  readonly operators: ReadonlySet<string>
}

const typeNames: Record<number, string> = {
  1: 'float32',
  2: 'uint8',
  3: 'int8',
  4: 'uint16',
  5: 'int16',
  6: 'int32',
  7: 'int64',
  8: 'string',
  9: 'bool',
  10: 'float16',
  11: 'float64',
  12: 'uint32',
  13: 'uint64',
  16: 'bfloat16',
}

/** A constant with more values is a weight, not a list of labels. */
const mostConstants = 10_000

function only(bytes: Uint8Array, number: number): Uint8Array[] {
  const found: Uint8Array[] = []
  for (const field of fieldsOf(bytes)) {
    if (field.number === number && field.kind === 'bytes') found.push(field.value)
  }
  return found
}

const integers = (field: WireField): bigint[] =>
  field.kind === 'varint' ? [field.value] : field.kind === 'bytes' ? packedVarints(field.value) : []

function readShape(bytes: Uint8Array): (number | null)[] {
  return only(bytes, 1).map((dimension) => {
    for (const field of fieldsOf(dimension)) {
      if (field.number === 1 && field.kind === 'varint' && field.value > 0n) return Number(field.value)
    }
    return null
  })
}

/** ValueInfoProto: name = 1, type = 2. TypeProto: tensor = 1, sequence = 4, map = 5. Tensor: type = 1, shape = 2. */
function readValue(bytes: Uint8Array): GraphValue {
  let name = ''
  let type = 'a value without a type'
  let shape: (number | null)[] | undefined
  for (const field of fieldsOf(bytes)) {
    if (field.kind !== 'bytes') continue
    if (field.number === 1) name = textOf(field.value)
    if (field.number !== 2) continue
    for (const kind of fieldsOf(field.value)) {
      if (kind.number === 4) type = 'maps'
      if (kind.number === 5) type = 'a map'
      if (kind.number !== 1 || kind.kind !== 'bytes') continue
      for (const part of fieldsOf(kind.value)) {
        if (part.number === 1 && part.kind === 'varint') {
          type = typeNames[Number(part.value)] ?? `type ${part.value}`
        }
        if (part.number === 2 && part.kind === 'bytes') shape = readShape(part.value)
      }
    }
  }
  return { name, type, ...(shape ? { shape } : {}) }
}

/** AttributeProto: name = 1, i = 3, s = 4, t = 5, g = 6, ints = 8, strings = 9, graphs = 11. */
function readAttribute(bytes: Uint8Array): Attribute & { name: string; graphs: Uint8Array[] } {
  let name = ''
  let integer: bigint | undefined
  const numbers: bigint[] = []
  const texts: string[] = []
  const graphs: Uint8Array[] = []
  for (const field of fieldsOf(bytes)) {
    if (field.number === 3 && field.kind === 'varint') integer = field.value
    else if (field.number === 8) for (const value of integers(field)) numbers.push(value)
    else if (field.kind !== 'bytes') continue
    else if (field.number === 1) name = textOf(field.value)
    else if (field.number === 4 || field.number === 9) texts.push(textOf(field.value))
    else if (field.number === 5) texts.push(...(readConstant(field.value, name).values ?? []))
    else if (field.number === 6 || field.number === 11) graphs.push(field.value)
  }
  return { name, integers: numbers, texts, graphs, ...(integer === undefined ? {} : { integer }) }
}

/** NodeProto: input = 1, output = 2, op_type = 4, attribute = 5. */
function readNode(bytes: Uint8Array, operators: Set<string>): GraphNode {
  const inputs: string[] = []
  const outputs: string[] = []
  const attributes: Uint8Array[] = []
  let type = ''
  for (const field of fieldsOf(bytes)) {
    if (field.kind !== 'bytes') continue
    if (field.number === 1) inputs.push(textOf(field.value))
    if (field.number === 2) outputs.push(textOf(field.value))
    if (field.number === 4) type = textOf(field.value)
    if (field.number === 5) attributes.push(field.value)
  }
  operators.add(type)
  // The attributes of an ensemble of trees are most of its file: they are read only when asked for.
  const nameOf = (attribute: Uint8Array) => textOf(only(attribute, 1)[0] ?? new Uint8Array(0))
  if (type === 'If' || type === 'Loop' || type === 'Scan') {
    for (const attribute of attributes) {
      for (const graph of readAttribute(attribute).graphs) {
        for (const node of only(graph, 1)) readNode(node, operators)
      }
    }
  }
  return {
    type,
    inputs,
    outputs,
    attribute(name) {
      const found = attributes.find((attribute) => nameOf(attribute) === name)
      return found && readAttribute(found)
    },
  }
}

interface Constant {
  readonly name: string
  readonly values: readonly string[] | null
}

/** TensorProto: data_type = 2, int32 = 5, string = 6, int64 = 7, name = 8, raw = 9, external = 13, location = 14. */
function readConstant(bytes: Uint8Array, shown: string): Constant {
  let name = ''
  let type = 0
  let raw: Uint8Array | null = null
  const values: string[] = []
  for (const field of fieldsOf(bytes)) {
    if (field.number === 2 && field.kind === 'varint') type = Number(field.value)
    else if (field.number === 14 && field.kind === 'varint' && field.value === 1n) {
      throw new Failure(
        'invalid-input',
        `${shown} keeps weights in another file beside it.`,
        'Save it in one file: onnx.save_model(model, "model.onnx", save_as_external_data=False).',
        'file',
      )
    } else if (field.kind !== 'bytes') {
      if (field.number === 5 || field.number === 7) values.push(...integers(field).map(String))
    } else if (field.number === 8) name = textOf(field.value)
    else if (field.number === 9) raw = field.value
    else if (field.number === 6 && values.length < mostConstants) values.push(textOf(field.value))
    else if ((field.number === 5 || field.number === 7) && field.value.length < mostConstants * 8) {
      values.push(...integers(field).map(String))
    }
  }
  if (type !== 6 && type !== 7 && type !== 8) return { name, values: null }
  if (raw !== null && raw.length <= mostConstants * 8) {
    const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength)
    const size = type === 7 ? 8 : 4
    for (let at = 0; at + size <= raw.length; at += size) {
      values.push(String(type === 7 ? view.getBigInt64(at, true) : view.getInt32(at, true)))
    }
  }
  return { name, values }
}

/**
 * Reads what an ONNX file says of itself: its inputs, outputs and operators. Weights are passed over.
 *
 * @throws Failure `invalid-input` for bytes that are no ONNX model, or one in several files
 */
export function readGraph(bytes: Uint8Array, shown: string): OnnxGraph {
  const nodes: GraphNode[] = []
  const inputs: GraphValue[] = []
  const outputs: GraphValue[] = []
  const operators = new Set<string>()
  const constants = new Map<string, readonly string[] | null>()
  let producer = ''
  let version = ''
  let graphs = 0
  let problem = 'it has no graph'
  try {
    // ModelProto: producer_name = 2, producer_version = 3, graph = 7.
    for (const field of fieldsOf(bytes)) {
      if (field.kind !== 'bytes') continue
      if (field.number === 2) producer = textOf(field.value)
      if (field.number === 3) version = textOf(field.value)
      if (field.number !== 7) continue
      graphs += 1
      // GraphProto: node = 1, initializer = 5, input = 11, output = 12.
      for (const part of fieldsOf(field.value)) {
        if (part.kind !== 'bytes') continue
        if (part.number === 1) nodes.push(readNode(part.value, operators))
        if (part.number === 5) {
          const { name, values } = readConstant(part.value, shown)
          constants.set(name, values)
        }
        if (part.number === 11) inputs.push(readValue(part.value))
        if (part.number === 12) outputs.push(readValue(part.value))
      }
    }
  } catch (error) {
    if (error instanceof Failure) throw error
    problem = error instanceof Error ? error.message : String(error)
    graphs = 0
  }
  if (graphs !== 1 || nodes.length === 0) {
    throw new Failure(
      'invalid-input',
      `${shown} is no ONNX model, or a damaged one: ${problem}.`,
      'Save it anew, in Python as open("model.onnx", "wb").write(model.SerializeToString()).',
      'file',
    )
  }
  return {
    producer: [producer || 'an unnamed program', version].filter(Boolean).join(' '),
    // Files of old list their weights among the inputs.
    inputs: inputs.filter(({ name }) => !constants.has(name)),
    outputs,
    nodes,
    constant: (name) => constants.get(name) ?? null,
    operators,
  }
}
