/** HOT in Arrow requests: columns become typed arrays or arrays of values, without an object per row. */
import { type ArrowCodec, openedBuffer } from './decompress.ts'
import type { ArrowBatch, ArrowField, ArrowType } from './read-messages.ts'

/** The part of a batch that is one column: its length, how many are null, and its buffers in the format's order. */
export interface ColumnPart {
  length: number
  nulls: number
  /** As they stand in the body: of a compressed one, compressed. */
  buffers: Uint8Array[]
  codec: ArrowCodec | null
}

/** Text that one column may unfold to, so that overlapping views cannot multiply a small body. */
const textAtMost = 64 * 1024 * 1024

function buffersOf(type: ArrowType): number {
  switch (type.kind) {
    case 'null':
      return 0
    case 'bool':
    case 'int':
    case 'float':
    case 'text view':
    case 'time':
    case 'decimal':
      return 2
    case 'text':
      return 3
    case 'other':
      return type.buffers
  }
}

/** Splits a batch into its top-level columns, passing over what nested ones hold. */
export function splitBatch(fields: readonly ArrowField[], batch: ArrowBatch): ColumnPart[] {
  let node = 0
  let buffer = 0
  let variadic = 0
  const take = (field: ArrowField): ColumnPart => {
    const found = batch.nodes[node++]
    if (!found || found.length < 0 || found.nulls < 0)
      throw new Error(`its column "${field.name}" has no length`)
    const type = field.dictionary?.index ?? field.type
    const views = type.kind === 'text view' || (type.kind === 'other' && type.views)
    const extra = views ? (batch.variadic[variadic++] ?? 0) : 0
    const count = buffersOf(type) + extra
    if (extra < 0 || buffer + count > batch.buffers.length) {
      throw new Error(`its column "${field.name}" lacks a buffer`)
    }
    const buffers = batch.buffers.slice(buffer, buffer + count).map(({ offset, length }) => {
      if (offset < 0 || length < 0 || offset + length > batch.body.length) {
        throw new Error(`a buffer of its column "${field.name}" ends beyond the bytes`)
      }
      return batch.body.subarray(offset, offset + length)
    })
    buffer += count
    if (!field.dictionary) for (const child of field.children) take(child)
    return { length: found.length, nulls: found.nulls, buffers, codec: batch.codec }
  }
  return fields.map(take)
}

function sized(bytes: Uint8Array | undefined, needed: number): Uint8Array {
  if (bytes === undefined || bytes.length < needed) throw new Error('a buffer is shorter than its column')
  return bytes
}

type Numbers = new (buffer: ArrayBuffer, from: number, length: number) => ArrayLike<number>

const wholes: Record<string, Numbers> = {
  s8: Int8Array,
  s16: Int16Array,
  s32: Int32Array,
  u8: Uint8Array,
  u16: Uint16Array,
  u32: Uint32Array,
}

/** A view of `length` elements; copied where the bytes do not lie as the processor wants them. */
function numbers(Type: Numbers, bytes: Uint8Array, length: number, width: number): ArrayLike<number> {
  const exact = bytes.subarray(0, length * width)
  const aligned = exact.byteOffset % width === 0 ? exact : exact.slice()
  return new Type(aligned.buffer as ArrayBuffer, aligned.byteOffset, length)
}

/** Whole numbers stay numbers as long as they are exact. */
function longs(bytes: Uint8Array, length: number, signed: boolean): unknown[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const values: unknown[] = new Array(length)
  for (let i = 0; i < length; i++) {
    const value = signed ? view.getBigInt64(i * 8, true) : view.getBigUint64(i * 8, true)
    const number = Number(value)
    values[i] = Number.isSafeInteger(number) ? number : value
  }
  return values
}

function halfFloats(bytes: Uint8Array, length: number): number[] {
  const bits = numbers(Uint16Array, bytes, length, 2)
  return Array.from({ length }, (_, i) => {
    const half = bits[i]!
    const exponent = (half >> 10) & 31
    const fraction = half & 1023
    const sign = half & 0x8000 ? -1 : 1
    if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN
    return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
  })
}

function texts(part: ColumnPart, wide: boolean): string[] {
  const { length } = part
  const width = wide ? 8 : 4
  if (length === 0) return []
  const offsets = sized(part.buffers[1], (length + 1) * width)
  const view = new DataView(offsets.buffer, offsets.byteOffset, offsets.byteLength)
  const bytes = sized(part.buffers[2], 0)
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const values: string[] = new Array(length)
  const offset = (i: number) => (wide ? Number(view.getBigInt64(i * 8, true)) : view.getInt32(i * 4, true))
  let from = offset(0)
  if (from < 0) throw new Error('an offset of a text column is negative')
  for (let i = 0; i < length; i++) {
    const to = offset(i + 1)
    if (to < from || to > text.length) throw new Error('the offsets of a text column are out of order')
    values[i] = text.toString('utf8', from, to)
    from = to
  }
  return values
}

function textViews(part: ColumnPart): string[] {
  const { length } = part
  const views = sized(part.buffers[1], length * 16)
  const view = new DataView(views.buffer, views.byteOffset, views.byteLength)
  const values: string[] = new Array(length)
  let total = 0
  for (let i = 0; i < length; i++) {
    const size = view.getInt32(i * 16, true)
    total += size
    if (size < 0 || total > textAtMost) throw new Error('the views of a text column are too long')
    const inside = size <= 12
    const data = inside ? views : part.buffers[2 + view.getInt32(i * 16 + 8, true)]
    const from = inside ? i * 16 + 4 : view.getInt32(i * 16 + 12, true)
    if (data === undefined || from < 0 || from + size > data.length) {
      throw new Error('a view of a text column lies outside its buffer')
    }
    values[i] = Buffer.from(data.buffer, data.byteOffset + from, size).toString()
  }
  return values
}

/** Whole numbers of any of Arrow's widths, little-endian. */
function wholeAt(view: DataView, at: number, bits: number): bigint {
  if (bits === 32) return BigInt(view.getInt32(at, true))
  let value = view.getBigInt64(at + bits / 8 - 8, true)
  for (let word = at + bits / 8 - 16; word >= at; word -= 8)
    value = (value << 64n) | view.getBigUint64(word, true)
  return value
}

/** Dates and times; digits below a millisecond are dropped, as they are of texts. */
function times(
  { bits, ticks, ms }: Extract<ArrowType, { kind: 'time' }>,
  bytes: Uint8Array,
  length: number,
): Date[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return Array.from({ length }, (_, i) => {
    const value = wholeAt(view, (i * bits) / 8, bits)
    const down = value % ticks < 0n ? 1n : 0n
    return new Date(Number(value / ticks - down) * ms)
  })
}

function decimals(
  { bits, scale }: Extract<ArrowType, { kind: 'decimal' }>,
  bytes: Uint8Array,
  length: number,
): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  // As its text is read: rounded once.
  return Array.from({ length }, (_, i) => Number(`${wholeAt(view, (i * bits) / 8, bits)}e${-scale}`))
}

function plainValues(type: ArrowType, part: ColumnPart): ArrayLike<unknown> {
  const { length, buffers } = part
  switch (type.kind) {
    case 'null':
      return new Array(length).fill(null)
    case 'bool': {
      const bits = sized(buffers[1], Math.ceil(length / 8))
      return Array.from({ length }, (_, i) => ((bits[i >> 3]! >> (i & 7)) & 1) === 1)
    }
    case 'int': {
      if (type.bits === 64) return longs(sized(buffers[1], length * 8), length, type.signed)
      const Type = wholes[`${type.signed ? 's' : 'u'}${type.bits}`]
      if (!Type) throw new Error(`it has integers of ${type.bits} bits`)
      return numbers(Type, sized(buffers[1], (length * type.bits) / 8), length, type.bits / 8)
    }
    case 'float': {
      const bytes = sized(buffers[1], (length * type.bits) / 8)
      if (type.bits === 16) return halfFloats(bytes, length)
      return numbers(type.bits === 32 ? Float32Array : Float64Array, bytes, length, type.bits / 8)
    }
    case 'text':
      return texts(part, type.wide)
    case 'text view':
      return textViews(part)
    case 'time':
      return times(type, sized(buffers[1], (length * type.bits) / 8), length)
    case 'decimal':
      if (![32, 64, 128, 256].includes(type.bits)) throw new Error(`it has decimals of ${type.bits} bits`)
      return decimals(type, sized(buffers[1], (length * type.bits) / 8), length)
    case 'other':
      throw new Error(`a column of Arrow's type ${type.name} is no number, text, time or truth value`)
  }
}

function withNulls(values: ArrayLike<unknown>, part: ColumnPart): ArrayLike<unknown> {
  const validity = part.buffers[0]
  if (part.nulls === 0 || validity === undefined || validity.length === 0) return values
  const bits = sized(validity, Math.ceil(part.length / 8))
  return Array.from({ length: part.length }, (_, i) =>
    ((bits[i >> 3]! >> (i & 7)) & 1) === 1 ? values[i] : null,
  )
}

/** Values of one column of one batch: numbers, bigints beyond the exact numbers, text, truth values, null. */
export function readColumn(
  field: ArrowField,
  stored: ColumnPart,
  dictionary: ArrayLike<unknown> | undefined,
): ArrayLike<unknown> {
  const { codec } = stored
  const part = { ...stored, buffers: stored.buffers.map((bytes) => openedBuffer(codec, bytes)) }
  if (!field.dictionary) return withNulls(plainValues(field.type, part), part)
  if (!dictionary) throw new Error(`the dictionary of its column "${field.name}" is missing`)
  const keys = withNulls(plainValues(field.dictionary.index, part), part)
  return Array.from({ length: part.length }, (_, i) => {
    const key = keys[i]
    if (key === null) return null
    if (typeof key !== 'number' || key < 0 || key >= dictionary.length) {
      throw new Error(`a value of its column "${field.name}" is not in its dictionary`)
    }
    return dictionary[key]
  })
}
