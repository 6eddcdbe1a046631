/** HOT: values written as differences, or byte by byte, as plain ones (benchmark: bench/batch.ts). */
import { physicalTypes } from './column-types.ts'
import { bufferOf, ended } from './page-end.ts'
import { encodings } from './parquet-columns.ts'
import { readVarint, readZigzag } from './varints.ts'

/** A page of texts that share their beginnings may unfold to this many bytes. */
const mostBytes = 1 << 30

interface Stored {
  physical: number
  /** Bytes of a value of fixed length. */
  length: number
}

interface EncodedValues {
  /** Values at most, so that damage cannot ask for any number of them. */
  count: number
  encoding: number
  bytes: Uint8Array
}

/** Parquet's `DELTA_BINARY_PACKED`: the numbers of `bits` bits, and where the bytes behind them begin. */
function readDifferences(
  bytes: Uint8Array,
  most: number,
  bits: 32 | 64,
): { numbers: BigInt64Array; end: number } {
  let at = 0
  const byte = (): number => {
    const value = bytes[at++]
    if (value === undefined) throw ended()
    return value
  }
  const varint = () => readVarint(byte)
  const zigzag = () => readZigzag(byte)
  const perBlock = Number(varint())
  const parts = Number(varint())
  const count = Number(varint())
  const perPart = perBlock / parts
  if (count > most || !Number.isInteger(perPart) || perPart % 8 !== 0 || perPart === 0)
    throw new RangeError('a page of differences has impossible sizes')
  const numbers = new BigInt64Array(count)
  let value = zigzag()
  let filled = 0
  if (count > 0) numbers[filled++] = BigInt.asIntN(bits, value)
  while (filled < count) {
    const least = zigzag()
    const widths = Array.from({ length: parts }, byte)
    for (const width of widths) {
      if (filled >= count) break
      // DuckDB writes differences of 32-bit numbers with up to 33 bits.
      if (width > 64) throw new RangeError('a difference is too wide')
      const start = at
      // The last part of a page need not be whole.
      const wanted = Math.min(perPart, count - filled)
      let held = 0n
      let heldBits = 0
      const mask = (1n << BigInt(width)) - 1n
      for (let i = 0; i < wanted; i++) {
        while (heldBits < width) {
          held |= BigInt(byte()) << BigInt(heldBits)
          heldBits += 8
        }
        value = BigInt.asIntN(bits, value + least + (held & mask))
        held >>= BigInt(width)
        heldBits -= width
        numbers[filled++] = value
      }
      at = Math.min(bytes.length, start + (perPart * width) / 8)
    }
  }
  return { numbers, end: at }
}

function plainIntegers({ bytes, count }: EncodedValues, physical: number): Uint8Array {
  const wide = physical === physicalTypes.int64
  const { numbers } = readDifferences(bytes, count, wide ? 64 : 32)
  if (wide) return new Uint8Array(numbers.buffer)
  return new Uint8Array(Int32Array.from(numbers, Number).buffer)
}

/** Texts one behind the other with their lengths in front, as plain ones have them. */
function plainTextsOf(texts: Iterable<Uint8Array>, count: number, bytes: number): Uint8Array {
  if (bytes > mostBytes) throw new RangeError('the texts of a page are too long')
  const plain = Buffer.allocUnsafe(bytes + 4 * count)
  let at = 0
  for (const text of texts) {
    at = plain.writeUInt32LE(text.length, at)
    plain.set(text, at)
    at += text.length
  }
  return plain
}

/** Lengths of texts, and the texts behind them. */
function readTexts(bytes: Uint8Array, count: number): Uint8Array[] {
  const { numbers, end } = readDifferences(bytes, count, 32)
  let at = end
  return Array.from(numbers, (length) => {
    const next = at + Number(length)
    if (length < 0n || next > bytes.length) throw ended()
    at = next
    return bytes.subarray(next - Number(length), next)
  })
}

function sumOf(texts: readonly Uint8Array[]): number {
  return texts.reduce((sum, { length }) => sum + length, 0)
}

/** Texts that begin with as many bytes of the one before as is said. */
function readSharedTexts(bytes: Uint8Array, count: number): Uint8Array[] {
  const { numbers: shared, end } = readDifferences(bytes, count, 32)
  const rest = readTexts(bytes.subarray(end), count)
  if (rest.length !== shared.length) throw new RangeError('texts have no beginnings')
  let before: Uint8Array = new Uint8Array(0)
  let total = 0
  return rest.map((text, i) => {
    const length = Number(shared[i])
    if (length < 0 || length > before.length) throw new RangeError('a text has an impossible beginning')
    total += length + text.length
    if (total > mostBytes) throw new RangeError('the texts of a page are too long')
    before = length === 0 ? text : Buffer.concat([before.subarray(0, length), text])
    return before
  })
}

/** First bytes of all values, then their second ones, and so on. */
function joinedStreams(bytes: Uint8Array, { physical, length }: Stored): Uint8Array {
  const { int32, float, fixed } = physicalTypes
  const width = physical === fixed ? length : physical === int32 || physical === float ? 4 : 8
  const count = Math.floor(bytes.length / width)
  const plain = new Uint8Array(count * width)
  for (let b = 0; b < width; b++) {
    for (let i = 0; i < count; i++) plain[i * width + b] = bytes[b * count + i]!
  }
  return plain
}

/** The values as plain ones; null where they are written in no such way. */
export function asPlain(stored: Stored, values: EncodedValues): Uint8Array | null {
  const { bytes, count, encoding } = values
  switch (encoding) {
    case encodings.differences:
      return plainIntegers(values, stored.physical)
    case encodings.textLengths: {
      const texts = readTexts(bytes, count)
      return plainTextsOf(texts, texts.length, sumOf(texts))
    }
    case encodings.textDifferences: {
      const texts = readSharedTexts(bytes, count)
      if (stored.physical === physicalTypes.fixed) return bufferOf(Buffer.concat(texts))
      return plainTextsOf(texts, texts.length, sumOf(texts))
    }
    case encodings.byteStreams:
      return joinedStreams(bytes, stored)
    default:
      return null
  }
}
