/** HOT: predictions as Parquet pages, uncompressed and without nulls (benchmark: bench/batch.ts). */
import type { Label } from '../../../shared/signature/signature.ts'
import { type ThriftValue, thriftInt, thriftStruct, writeThrift } from './compact-thrift.ts'

/** Numbers of Parquet's format for what is written here. */
export const parquetTypes = { boolean: 0, int64: 2, double: 5, text: 6 } as const
export type ParquetType = (typeof parquetTypes)[keyof typeof parquetTypes]
const dataPage = 0
const dictionaryPage = 2
const plain = 0
const runLengths = 3
const dictionaryPlaces = 8
export const pageEncodings: readonly number[] = [plain, runLengths, dictionaryPlaces]

/** Values of a page: enough that its header is nothing, few enough to be read in parts. */
const pageRows = 1 << 17

/** The bytes of a column's pages in one row group. */
export interface ColumnPages {
  parts: Uint8Array[]
  /** Of the dictionary page, which stands first; 0 where there is none. */
  dictionaryBytes: number
}

function page(type: number, body: Uint8Array, own: readonly [number, ThriftValue]): Uint8Array[] {
  const head = writeThrift(
    new Map([[1, thriftInt(type)], [2, thriftInt(body.length)], [3, thriftInt(body.length)], own]),
  )
  return [head, body]
}

function valuesPage(body: Uint8Array, values: number, encoding: number): Uint8Array[] {
  return page(dataPage, body, [
    5,
    thriftStruct([
      [1, thriftInt(values)],
      [2, thriftInt(encoding)],
      [3, thriftInt(runLengths)],
      [4, thriftInt(runLengths)],
    ]),
  ])
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Float64Array) =>
  new Uint8Array(buffer, byteOffset, byteLength)

function* spans(rows: number): Iterable<[from: number, to: number]> {
  for (let from = 0; from < rows; from += pageRows) yield [from, Math.min(rows, from + pageRows)]
}

/** Numbers one after another, as they lie in memory: Parquet is little-endian, as every machine that runs this. */
export function numberPages(values: Float64Array): ColumnPages {
  const parts: Uint8Array[] = []
  for (const [from, to] of spans(values.length)) {
    parts.push(...valuesPage(bytesOf(values.subarray(from, to)), to - from, plain))
  }
  return { parts, dictionaryBytes: 0 }
}

/** Truth values, one bit each; true where `truth` has 1 at the row's code. */
export function truthPages(codes: Int32Array, truth: Uint8Array): ColumnPages {
  const parts: Uint8Array[] = []
  for (const [from, to] of spans(codes.length)) {
    const bits = new Uint8Array((to - from + 7) >> 3)
    for (let i = from; i < to; i++) bits[(i - from) >> 3]! |= truth[codes[i]!]! << ((i - from) & 7)
    parts.push(...valuesPage(bits, to - from, plain))
  }
  return { parts, dictionaryBytes: 0 }
}

function dictionaryBody(labels: readonly Label[], type: ParquetType): Buffer {
  return Buffer.concat(
    labels.map((label) => {
      if (type === parquetTypes.text) {
        const text = Buffer.from(String(label))
        const length = Buffer.alloc(4)
        length.writeUInt32LE(text.length)
        return Buffer.concat([length, text])
      }
      const number = Buffer.alloc(8)
      if (type === parquetTypes.int64) number.writeBigInt64LE(BigInt(label))
      else number.writeDoubleLE(Number(label))
      return number
    }),
  )
}

/** Labels as places in a dictionary, in as few bits as count them. */
export function labelPages(codes: Int32Array, labels: readonly Label[], type: ParquetType): ColumnPages {
  const own: readonly [number, ThriftValue] = [
    7,
    thriftStruct([
      [1, thriftInt(labels.length)],
      [2, thriftInt(plain)],
    ]),
  ]
  const parts = page(dictionaryPage, dictionaryBody(labels, type), own)
  const dictionaryBytes = parts.reduce((sum, part) => sum + part.length, 0)
  const width = Math.max(1, 32 - Math.clz32(labels.length - 1))
  for (const [from, to] of spans(codes.length)) {
    const eights = (to - from + 7) >> 3
    // One run of bit-packed values, eight at a time; its length is a number of up to five bytes.
    const head: number[] = [width]
    let rest = eights * 2 + 1
    for (; rest > 127; rest >>>= 7) head.push((rest & 127) | 128)
    head.push(rest)
    const body = new Uint8Array(head.length + eights * width)
    body.set(head)
    let at = head.length
    let held = 0
    let bits = 0
    for (let i = from; i < to; i++) {
      held |= codes[i]! << bits
      bits += width
      for (; bits >= 8; bits -= 8) {
        body[at++] = held & 255
        held >>>= 8
      }
    }
    if (bits > 0) body[at] = held & 255
    parts.push(...valuesPage(body, to - from, dictionaryPlaces))
  }
  return { parts, dictionaryBytes }
}
