/** HOT: pages of a column chunk, one after another (benchmark: bench/batch.ts). */
import { readThriftAt, type ThriftStruct } from './compact-thrift.ts'
import { decompressPage } from './decompress-page.ts'
import { asPlain } from './delta-values.ts'
import { numberOf, structOf } from './layout.ts'
import { bufferOf, ended } from './page-end.ts'
import { encodings } from './parquet-columns.ts'
import { createRunLengths, type RunLengths } from './run-lengths.ts'

/** Bytes of a column chunk from its beginning; fewer than asked for only at its end. */
export type ReadBytes = (start: number, length: number) => Promise<Uint8Array>

export type Page =
  | { kind: 'dictionary'; count: number; bytes: Uint8Array }
  | {
      kind: 'data'
      /** Values, and the gaps where there are none. */
      count: number
      /** Null where the column has no such levels: it is never missing, never a list. */
      definition: RunLengths | null
      repetition: RunLengths | null
      encoding: number
      /** The values, unpacked. */
      bytes: Uint8Array
    }

/** How a column's values are stored. */
export interface StoredColumn {
  physical: number
  /** Bytes of a value of fixed length. */
  length: number
  /** The highest levels: 1 and 0 of a column at the top level that may be missing. */
  definition: number
  repetition: number
}

export interface ColumnChunk {
  codec: number
  bytes: number
}

const pageTypes = { data: 0, index: 1, dictionary: 2, dataSecond: 3 }
/** A page's header is some 50 bytes, or more with statistics of texts in it. */
const usualHeader = 1 << 12
const longestHeader = 1 << 24

const widthOf = (level: number) => 32 - Math.clz32(level)

/**
 * The pages in their order, null behind the last; values that are written as differences or byte by byte become plain.
 *
 * @throws RangeError where they cannot be read
 */
export function createPageReader(
  column: StoredColumn,
  { codec, bytes: length }: ColumnChunk,
  readBytes: ReadBytes,
): () => Promise<Page | null> {
  const { definition, repetition } = column
  let next = 0

  const header = async (): Promise<ThriftStruct> => {
    for (let size = usualHeader; ; size *= 16) {
      const bytes = await readBytes(next, Math.min(size, length - next))
      try {
        const { struct, end } = readThriftAt(bytes, 0)
        next += end
        return struct
      } catch (error) {
        if (size >= Math.min(longestHeader, length - next)) throw error
      }
    }
  }

  const dataPage = (page: Omit<Extract<Page, { kind: 'data' }>, 'kind'>): Page => {
    const bytes = asPlain(column, page)
    return bytes === null
      ? { kind: 'data', ...page }
      : { kind: 'data', ...page, encoding: encodings.plain, bytes }
  }

  const firstForm = (bytes: Uint8Array, fields: ThriftStruct): Page => {
    let at = 0
    const levels = (highest: number, encoding: number): RunLengths | null => {
      if (highest === 0) return null
      if (encoding !== encodings.runLengths) throw new RangeError('levels are packed in an old way')
      if (at + 4 > bytes.length) throw ended()
      const start = at + 4
      at = start + bufferOf(bytes).readUInt32LE(at)
      if (at > bytes.length) throw ended()
      return createRunLengths(bytes.subarray(start, at), widthOf(highest))
    }
    const repeated = levels(repetition, numberOf(fields.get(4)))
    const defined = levels(definition, numberOf(fields.get(3)))
    return dataPage({
      count: numberOf(fields.get(1)),
      repetition: repeated,
      definition: defined,
      encoding: numberOf(fields.get(2)),
      bytes: bytes.subarray(at),
    })
  }

  const secondForm = (bytes: Uint8Array, fields: ThriftStruct, unpacked: number): Page => {
    const definitionBytes = numberOf(fields.get(5))
    const repetitionBytes = numberOf(fields.get(6))
    const before = definitionBytes + repetitionBytes
    if (definitionBytes < 0 || repetitionBytes < 0 || before > bytes.length) throw ended()
    const flag = fields.get(7)
    const packed = flag?.kind !== 'bool' || flag.value
    const body = bytes.subarray(before)
    const levels = (highest: number, from: number, to: number) =>
      highest === 0 ? null : createRunLengths(bytes.subarray(from, to), widthOf(highest))
    return dataPage({
      count: numberOf(fields.get(1)),
      repetition: levels(repetition, 0, repetitionBytes),
      definition: levels(definition, repetitionBytes, before),
      encoding: numberOf(fields.get(4)),
      bytes: packed && body.length > 0 ? decompressPage(codec, body, unpacked - before) : body,
    })
  }

  return async () => {
    while (next < length) {
      const fields = await header()
      const type = numberOf(fields.get(1))
      const unpacked = numberOf(fields.get(2))
      const packed = numberOf(fields.get(3))
      if (packed < 0 || unpacked < 0 || next + packed > length) throw ended()
      const start = next
      next += packed
      if (type === pageTypes.index) continue
      const bytes = await readBytes(start, packed)
      if (bytes.length < packed) throw ended()
      if (type === pageTypes.dataSecond) return secondForm(bytes, structOf(fields.get(8)), unpacked)
      const body = decompressPage(codec, bytes, unpacked)
      if (type === pageTypes.data) return firstForm(body, structOf(fields.get(5)))
      if (type !== pageTypes.dictionary) throw new RangeError(`there is a page of type ${type}`)
      return { kind: 'dictionary', count: numberOf(structOf(fields.get(7)).get(1)), bytes: body }
    }
    return null
  }
}
