import type { InferenceDatatype } from '../../shared/signature/inference-types.ts'
import { describeFound } from '../../shared/signature/read-value.ts'
import type { Signature } from '../../shared/signature/signature.ts'
import { invalidPart, invalidRequest, Refusal } from '../http/refusal.ts'
import { columnRows, type RequestRows } from './request-rows.ts'

const whole = (value: unknown) => typeof value === 'number' && Number.isInteger(value)
const number = (value: unknown) => typeof value === 'number'

/** The Open Inference Protocol's datatypes and what their JSON elements are. */
const checks: Record<InferenceDatatype, (value: unknown) => boolean> = {
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
/** As a map: what objects inherit is no datatype. */
const elementChecks = new Map(Object.entries(checks))

/** Levels that nested data may have; two are what tensors here need. */
const deepestNesting = 4

/** Sizes of a shape that an error shows. */
const shownSizes = 8

interface Tensor {
  name: string
  shape: number[]
  datatype: string
  data: unknown[]
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const unreadable = (name: string, expected: string, found: string): Refusal =>
  invalidPart('An input cannot be read.', name, expected, found)

const shapeText = (sizes: readonly number[]) =>
  `[${sizes.slice(0, shownSizes).join(', ')}${sizes.length > shownSizes ? ', …' : ''}]`

function readTensor(value: unknown, index: number): Tensor {
  if (!isRecord(value)) throw invalidRequest(`inputs[${index}] must be an object.`)
  const { name, shape, datatype, data } = value
  if (typeof name !== 'string') throw invalidRequest(`inputs[${index}].name must be a string.`)
  if (
    !Array.isArray(shape) ||
    shape.length === 0 ||
    !shape.every((size) => whole(size) && Number(size) >= 0)
  ) {
    throw unreadable(name, 'a shape of whole numbers', describeFound(shape))
  }
  if (typeof datatype !== 'string' || !elementChecks.has(datatype)) {
    const known = [...elementChecks.keys()].join(', ')
    throw unreadable(name, `one of the datatypes ${known}`, describeFound(datatype))
  }
  if (!Array.isArray(data)) throw unreadable(name, 'an array as data', describeFound(data))
  const flat: unknown[] = data.some(Array.isArray) ? data.flat(deepestNesting) : data
  const sizes = shape.map(Number)
  const expected = sizes.reduce((product, size) => product * size, 1)
  if (flat.length !== expected) {
    const asked = `${expected} values, as its shape ${shapeText(sizes)} asks for`
    throw unreadable(name, asked, `${flat.length} values`)
  }
  return { name, shape: sizes, datatype, data: flat }
}

/** @param placeOf the row and the column of an element */
function checkElements(
  { datatype, data }: Tensor,
  placeOf: (index: number) => { row: number; column: string },
): void {
  const check = elementChecks.get(datatype)
  // The protocol has no null of its own; ours stands for a missing value.
  const odd = data.findIndex((element) => element !== null && !check?.(element))
  if (odd < 0) return
  throw new Refusal(400, 'invalid_rows', "A value is not of its input's datatype.", [
    { ...placeOf(odd), expected: `a value of ${datatype}`, found: describeFound(data[odd]) },
  ])
}

/** One tensor of all columns, in the signature's order, whatever its name is. */
function matrixRows(tensor: Tensor, names: readonly string[]): RequestRows {
  const [rows = 0, width = 0] = tensor.shape
  if (width !== names.length) {
    throw unreadable(tensor.name, `${names.length} columns, as the signature has`, `${width} columns`)
  }
  checkElements(tensor, (index) => ({ row: Math.floor(index / width), column: names[index % width] ?? '' }))
  const data = Array.from({ length: rows }, (_, row) => tensor.data.slice(row * width, (row + 1) * width))
  return { kind: 'table', rows, columns: names, data, text: false }
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
    return matrixRows(only, names)
  }
  const columns: Record<string, unknown[]> = Object.create(null)
  for (const tensor of tensors) {
    const { name, shape } = tensor
    const [, width = 1] = shape
    if (shape.length > 2 || width !== 1) {
      throw unreadable(name, 'the shape [rows] or [rows, 1]', `the shape ${shapeText(shape)}`)
    }
    if (Object.hasOwn(columns, name)) throw unreadable(name, 'one input of this name', 'several')
    checkElements(tensor, (row) => ({ row, column: name }))
    columns[name] = tensor.data
  }
  return columnRows(columns, signature)
}
