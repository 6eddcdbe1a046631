/** HOT: values of a Parquet page that are written as they are (benchmark: bench/batch.ts). */
import { physicalTypes, type ValueForm } from './column-types.ts'
import { bufferOf, ended } from './page-end.ts'
import type { ReadableColumn } from './parquet-columns.ts'

/** A copy that begins where eights of bytes may, as typed arrays demand. */
function aligned(bytes: Uint8Array, size: number): ArrayBuffer {
  const whole = bytes.length - (bytes.length % size)
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + whole) as ArrayBuffer
}

const isUnsigned = (form: ValueForm) => form.as === 'number' && form.unsigned

function storedNumbers(bytes: Uint8Array, { physical, length, form }: ReadableColumn): Float64Array {
  const unsigned = isUnsigned(form)
  switch (physical) {
    case physicalTypes.double:
      return new Float64Array(aligned(bytes, 8))
    case physicalTypes.float:
      return new Float64Array(new Float32Array(aligned(bytes, 4)))
    case physicalTypes.int32:
      return new Float64Array(
        unsigned ? new Uint32Array(aligned(bytes, 4)) : new Int32Array(aligned(bytes, 4)),
      )
    case physicalTypes.int64: {
      const low = new Uint32Array(aligned(bytes, 8))
      const high = unsigned ? low : new Int32Array(low.buffer)
      const numbers = new Float64Array(low.length / 2)
      // The product is exact, so that the sum is rounded once.
      for (let i = 0; i < numbers.length; i++) numbers[i] = high[2 * i + 1]! * 2 ** 32 + low[2 * i]!
      return numbers
    }
    case physicalTypes.fixed: {
      const numbers = new Float64Array(Math.floor(bytes.length / length))
      for (let i = 0; i < numbers.length; i++)
        numbers[i] = bigEndian(bytes.subarray(i * length, (i + 1) * length))
      return numbers
    }
    case physicalTypes.bytes:
      return Float64Array.from(bytesOf(bytes), bigEndian)
    default:
      throw new RangeError(`type ${physical} is no number`)
  }
}

/** A whole number of few digits, most significant byte first, in two's complement. */
function bigEndian(bytes: Uint8Array): number {
  if (bytes.length === 0) return 0
  const high = (bytes[0]! << 24) >> 24
  let value = high
  for (let i = 1; i < bytes.length; i++) value = value * 256 + bytes[i]!
  return value
}

/** Plain numbers of a page; Parquet is little-endian, as every machine that runs this. */
export function plainNumbers(bytes: Uint8Array, column: ReadableColumn): Float64Array {
  if (column.form.as === 'truth') return plainTruths(bytes)
  const numbers = storedNumbers(bytes, column)
  if (column.form.as !== 'decimal' || column.form.scale === 0) return numbers
  const divisor = 10 ** column.form.scale
  for (let i = 0; i < numbers.length; i++) numbers[i]! /= divisor
  return numbers
}

function plainTruths(bytes: Uint8Array): Float64Array {
  const truths = new Float64Array(bytes.length * 8)
  for (let i = 0; i < truths.length; i++) truths[i] = (bytes[i >> 3]! >> (i & 7)) & 1
  return truths
}

function* bytesOf(bytes: Uint8Array): Iterable<Uint8Array> {
  const buffer = bufferOf(bytes)
  for (let at = 0; at < bytes.length; ) {
    if (at + 4 > bytes.length) throw ended()
    const end = at + 4 + buffer.readUInt32LE(at)
    if (end > bytes.length) throw ended()
    yield bytes.subarray(at + 4, end)
    at = end
  }
}

export function plainTexts(bytes: Buffer, count: number): string[] {
  const texts: string[] = []
  let at = 0
  for (let i = 0; i < count; i++) {
    if (at + 4 > bytes.length) throw ended()
    const end = at + 4 + bytes.readUInt32LE(at)
    if (end > bytes.length) throw ended()
    texts.push(bytes.toString('utf8', at + 4, end))
    at = end
  }
  return texts
}

/** A stored value as it stands: whole numbers of 64 bits exactly, others as bytes. */
export type StoredValue = number | bigint | Buffer

/** Plain values of a page, the next with each call. */
export function plainReader(
  bytes: Uint8Array,
  { physical, length, form }: Pick<ReadableColumn, 'physical' | 'length' | 'form'>,
): () => StoredValue {
  const buffer = bufferOf(bytes)
  let at = 0
  const taken = (size: number): number => {
    if (at + size > buffer.length) throw ended()
    at += size
    return at - size
  }
  switch (physical) {
    case physicalTypes.boolean:
      return () => {
        if (at >> 3 >= buffer.length) throw ended()
        return (buffer[at >> 3]! >> (at++ & 7)) & 1
      }
    case physicalTypes.int32:
      return isUnsigned(form) ? () => buffer.readUInt32LE(taken(4)) : () => buffer.readInt32LE(taken(4))
    case physicalTypes.int64: {
      const unsigned = isUnsigned(form)
      return () => {
        const from = taken(8)
        const high = unsigned ? buffer.readUInt32LE(from + 4) : buffer.readInt32LE(from + 4)
        if (high >= -0x200000 && high < 0x200000) {
          const value = high * 2 ** 32 + buffer.readUInt32LE(from)
          if (Number.isSafeInteger(value)) return value
        }
        return unsigned ? buffer.readBigUInt64LE(from) : buffer.readBigInt64LE(from)
      }
    }
    case physicalTypes.float:
      return () => buffer.readFloatLE(taken(4))
    case physicalTypes.double:
      return () => buffer.readDoubleLE(taken(8))
    case physicalTypes.bytes:
      return () => {
        const size = buffer.readUInt32LE(taken(4))
        const from = taken(size)
        return buffer.subarray(from, from + size)
      }
    default: {
      const size = physical === physicalTypes.int96 ? 12 : length
      return () => {
        const from = taken(size)
        return buffer.subarray(from, from + size)
      }
    }
  }
}
