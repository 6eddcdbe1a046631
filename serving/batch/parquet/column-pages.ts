/** HOT: predictions as Parquet pages, uncompressed and without nulls (benchmark: bench/batch.ts). */
import type { Label } from '../../../shared/signature/signature.ts'
import { physicalTypes } from './column-types.ts'
import { codecs } from './decompress-page.ts'
import { addDictionaryPage, addValuesPage, noPages, type Pages, placesBody } from './page-bytes.ts'
import { encodings } from './parquet-columns.ts'

/** Values of a page: enough that its header is nothing, few enough to be read in parts. */
const pageRows = 1 << 17

/** The pages of a column in one row group. */
export interface ColumnPages extends Pages {
  /** Of the dictionary page, which stands first; 0 where there is none. */
  dictionaryBytes: number
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Float64Array) =>
  new Uint8Array(buffer, byteOffset, byteLength)

function* spans(rows: number): Iterable<[from: number, to: number]> {
  for (let from = 0; from < rows; from += pageRows) yield [from, Math.min(rows, from + pageRows)]
}

/** Numbers one after another, as they lie in memory: Parquet is little-endian, as every machine that runs this. */
export function numberPages(values: Float64Array): ColumnPages {
  const pages = noPages()
  for (const [from, to] of spans(values.length)) {
    addValuesPage(pages, bytesOf(values.subarray(from, to)), to - from, encodings.plain, codecs.none)
  }
  return { ...pages, dictionaryBytes: 0 }
}

/** Truth values, one bit each; true where `truth` has 1 at the row's code. */
export function truthPages(codes: Int32Array, truth: Uint8Array): ColumnPages {
  const pages = noPages()
  for (const [from, to] of spans(codes.length)) {
    const bits = new Uint8Array((to - from + 7) >> 3)
    for (let i = from; i < to; i++) bits[(i - from) >> 3]! |= truth[codes[i]!]! << ((i - from) & 7)
    addValuesPage(pages, bits, to - from, encodings.plain, codecs.none)
  }
  return { ...pages, dictionaryBytes: 0 }
}

function dictionaryBody(labels: readonly Label[], physical: number): Buffer {
  return Buffer.concat(
    labels.map((label) => {
      if (physical === physicalTypes.bytes) {
        const text = Buffer.from(String(label))
        const length = Buffer.alloc(4)
        length.writeUInt32LE(text.length)
        return Buffer.concat([length, text])
      }
      const number = Buffer.alloc(8)
      if (physical === physicalTypes.int64) number.writeBigInt64LE(BigInt(label))
      else number.writeDoubleLE(Number(label))
      return number
    }),
  )
}

/** Labels as places in a dictionary, in as few bits as count them. */
export function labelPages(codes: Int32Array, labels: readonly Label[], physical: number): ColumnPages {
  const pages = noPages()
  addDictionaryPage(pages, dictionaryBody(labels, physical), labels.length, codecs.none)
  const dictionaryBytes = pages.bytes
  for (const [from, to] of spans(codes.length)) {
    const body = placesBody(codes.subarray(from, to), labels.length - 1)
    addValuesPage(pages, body, to - from, encodings.dictionary, codecs.none)
  }
  return { ...pages, dictionaryBytes }
}
