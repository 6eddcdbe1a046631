import { bytesField, concatenated, fieldsOf, textOf, varintField } from './protobuf.ts'

const none = new Uint8Array(0)

/** The first field of a number that holds bytes; empty where there is none. */
function firstOf(message: Uint8Array, number: number): Uint8Array {
  for (const field of fieldsOf(message)) {
    if (field.number === number && field.kind === 'bytes') return field.value
  }
  return none
}

/** NodeProto: op_type = 4. */
const isZipMap = (node: Uint8Array) => textOf(firstOf(node, 4)) === 'ZipMap'

/** ValueInfoProto of a float tensor whose shape is found out: name = 1, type = 2, tensor_type = 1, elem_type = 1. */
function floatOutput(name: Uint8Array): Uint8Array {
  const tensor = bytesField(1, varintField(1, 1))
  return bytesField(12, concatenated([bytesField(1, name), bytesField(2, tensor)]))
}

/**
 * The model with the tensors that its ZipMap nodes are made from as outputs, in place of their lists of maps: runtimes
 * give out maps to some languages only, and slowly. Everything else stays as it is.
 *
 * @param bytes an ONNX file that `readGraph` has read
 */
export function withoutZipMap(bytes: Uint8Array): Uint8Array {
  const parts = [...fieldsOf(bytes)].map((field) => {
    if (field.number !== 7 || field.kind !== 'bytes') return field.raw
    const fields = [...fieldsOf(field.value)]
    /** Names of the maps, with the tensors they are made from. */
    const made = new Map<string, Uint8Array>()
    for (const { number, kind, value } of fields) {
      if (number !== 1 || kind !== 'bytes' || !isZipMap(value)) continue
      made.set(textOf(firstOf(value, 2)), firstOf(value, 1))
    }
    const graph = fields.flatMap(({ number, kind, value, raw }) => {
      if (kind !== 'bytes') return [raw]
      if (number === 1 && isZipMap(value)) return []
      const from = number === 12 ? made.get(textOf(firstOf(value, 1))) : undefined
      return from === undefined ? [raw] : [floatOutput(from)]
    })
    return bytesField(7, concatenated(graph))
  })
  return concatenated(parts)
}
