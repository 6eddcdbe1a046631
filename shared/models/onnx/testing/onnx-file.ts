import { bytesField, concatenated, varintField } from '../protobuf.ts'

export interface SketchedValue {
  name: string
  /** Number of the element type: 1 float, 7 int64, 8 string, 9 bool, 10 float16; 'maps' for a list of maps. */
  type: number | 'maps'
  /** Absent: the file says nothing of it. */
  shape?: (number | null)[]
}

export interface SketchedNode {
  type: string
  inputs: string[]
  outputs: string[]
  /** Attributes that are lists of texts or of whole numbers. */
  attributes?: Record<string, string[] | number[]>
}

export interface SketchedGraph {
  inputs: SketchedValue[]
  outputs: SketchedValue[]
  nodes: SketchedNode[]
  /** Constants of whole numbers, by name. */
  constants?: Record<string, number[]>
}

/** ASCII and Latin-1 as UTF-8. */
function text(value: string): Uint8Array {
  const codes = [...value].flatMap((letter) => {
    const code = letter.charCodeAt(0)
    return code < 0x80 ? [code] : [0xc0 | (code >> 6), 0x80 | (code & 0x3f)]
  })
  return Uint8Array.from(codes)
}

const all = (number: number, parts: readonly Uint8Array[]) =>
  concatenated(parts.map((part) => bytesField(number, part)))

function valueBytes({ name, type, shape }: SketchedValue): Uint8Array {
  const dimensions = shape?.map((length) =>
    length === null ? bytesField(2, text('N')) : varintField(1, length),
  )
  const tensor = [
    varintField(1, type === 'maps' ? 1 : type),
    ...(dimensions ? [bytesField(2, all(1, dimensions))] : []),
  ]
  const kind = bytesField(type === 'maps' ? 4 : 1, concatenated(tensor))
  return concatenated([bytesField(1, text(name)), bytesField(2, kind)])
}

function nodeBytes({ type, inputs, outputs, attributes = {} }: SketchedNode): Uint8Array {
  const made = Object.entries(attributes).map(([name, values]) =>
    concatenated([
      bytesField(1, text(name)),
      ...values.map((value) =>
        typeof value === 'string' ? bytesField(9, text(value)) : varintField(8, value),
      ),
    ]),
  )
  return concatenated([
    all(1, inputs.map(text)),
    all(2, outputs.map(text)),
    bytesField(4, text(type)),
    all(5, made),
  ])
}

/** An ONNX file with what a graph says of itself, and no weights. */
export function onnxFile({ inputs, outputs, nodes, constants = {} }: SketchedGraph): Uint8Array {
  const made = Object.entries(constants).map(([name, values]) =>
    concatenated([
      varintField(2, 7),
      ...values.map((value) => varintField(7, value)),
      bytesField(8, text(name)),
    ]),
  )
  const graph = concatenated([
    all(1, nodes.map(nodeBytes)),
    all(5, made),
    all(11, inputs.map(valueBytes)),
    all(12, outputs.map(valueBytes)),
  ])
  return concatenated([
    varintField(1, 9),
    bytesField(2, text('écrivain')),
    bytesField(3, text('2.1')),
    bytesField(7, graph),
  ])
}
