/** HOT: values of a Parquet page that are written as they are (benchmark: bench/batch.ts). */
import { physicalTypes, type ReadableColumn } from './readable-columns.ts'

export const ended = () => new RangeError('a page ends too soon')

/** A copy that begins where eights of bytes may, as typed arrays demand. */
function aligned(bytes: Uint8Array, size: number): ArrayBuffer {
  const whole = bytes.length - (bytes.length % size)
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + whole) as ArrayBuffer
}

/** Plain numbers of a page; Parquet is little-endian, as every machine that runs this. */
export function plainNumbers(bytes: Uint8Array, { physical, unsigned }: ReadableColumn): Float64Array {
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
    default:
      throw new RangeError(`type ${physical} is no number`)
  }
}

export function plainTruths(bytes: Uint8Array): Float64Array {
  const truths = new Float64Array(bytes.length * 8)
  for (let i = 0; i < truths.length; i++) truths[i] = (bytes[i >> 3]! >> (i & 7)) & 1
  return truths
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
