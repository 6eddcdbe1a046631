import type { Signature } from '../../shared/signature/signature.ts'
import { invalidRequest } from '../http/refusal.ts'
import { columnRows, type RequestRows } from './request-rows.ts'

const whole = (value: unknown) => typeof value === 'number' && Number.isInteger(value)
const number = (value: unknown) => typeof value === 'number'

/** The Open Inference Protocol's datatypes and what their JSON elements are. */
const elementChecks: Record<string, (value: unknown) => boolean> = {
  BOOL: (value) => typeof value === 'boolean' || value === 0 || value === 1,
  UINT8: whole,
  UINT16: whole,
  UINT32: whole,
  UINT64: whole,
  INT8: whole,
  INT16: whole,
  INT32: whole,
  INT64: whole,
  FP16: number,
  FP32: number,
  FP64: number,
  BYTES: (value) => typeof value === 'string',
}

interface Tensor {
  name: string
  shape: number[]
  data: unknown[]
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function readTensor(value: unknown, index: number): Tensor {
  if (!isRecord(value)) throw invalidRequest(`inputs[${index}] must be an object.`)
  const { name, shape, datatype, data } = value
  if (typeof name !== 'string') throw invalidRequest(`inputs[${index}].name must be a string.`)
  if (
    !Array.isArray(shape) ||
    shape.length === 0 ||
    !shape.every((size) => whole(size) && Number(size) >= 0)
  ) {
    throw invalidRequest(`The shape of input "${name}" must be an array of whole numbers.`)
  }
  const check = typeof datatype === 'string' ? elementChecks[datatype] : undefined
  if (check === undefined) {
    throw invalidRequest(
      `The datatype of input "${name}" is ${JSON.stringify(datatype)}, expected one of ${Object.keys(elementChecks).join(', ')}.`,
    )
  }
  if (!Array.isArray(data)) throw invalidRequest(`The data of input "${name}" must be an array.`)
  const flat = data.some(Array.isArray) ? data.flat(Number.POSITIVE_INFINITY) : data
  const sizes = shape.map(Number)
  const expected = sizes.reduce((product, size) => product * size, 1)
  if (flat.length !== expected) {
    throw invalidRequest(
      `Input "${name}" has ${flat.length} values, its shape [${sizes.join(', ')}] asks for ${expected}.`,
    )
  }
  // The protocol has no null of its own; ours stands for a missing value.
  const odd = flat.findIndex((element) => element !== null && !check(element))
  if (odd >= 0) {
    throw invalidRequest(
      `Value ${odd} of input "${name}" is no ${String(datatype)}: ${JSON.stringify(flat[odd])}.`,
    )
  }
  return { name, shape: sizes, data: flat }
}

/**
 * The `inputs` of an Open Inference Protocol request as columns.
 *
 * One tensor a column, of shape [rows] or [rows, 1]; or one tensor of shape [rows, columns] of any name,
 * whose columns are the signature's in order.
 */
export function tensorRows(inputs: unknown, signature: Signature): RequestRows {
  if (!Array.isArray(inputs) || inputs.length === 0)
    throw invalidRequest('"inputs" must be a non-empty array.')
  const tensors = inputs.map(readTensor)
  const [only] = tensors
  const names = signature.inputs.map((input) => input.name)
  if (tensors.length === 1 && only && only.shape.length === 2 && !names.includes(only.name)) {
    const [rows = 0, width = 0] = only.shape
    if (width !== names.length) {
      throw invalidRequest(`Input "${only.name}" has ${width} columns, the signature has ${names.length}.`)
    }
    const data = Array.from({ length: rows }, (_, row) => only.data.slice(row * width, (row + 1) * width))
    return { kind: 'table', rows, columns: names, data, text: false }
  }
  const columns: Record<string, unknown[]> = {}
  for (const tensor of tensors) {
    const [, width = 1] = tensor.shape
    if (tensor.shape.length > 2 || width !== 1) {
      throw invalidRequest(
        `The shape of input "${tensor.name}" is [${tensor.shape.join(', ')}], expected [rows] or [rows, 1].`,
      )
    }
    if (Object.hasOwn(columns, tensor.name))
      throw invalidRequest(`The input "${tensor.name}" is there twice.`)
    columns[tensor.name] = tensor.data
  }
  return columnRows(columns, signature)
}
