/** HOT: pages of a column without the rows that were refused (benchmark: bench/batch.ts). */
import { physicalTypes } from './column-types.ts'
import { writtenCodec } from './compress-page.ts'
import { addDictionaryPage, addValuesPage, levelsBody, noPages, placesBody } from './page-bytes.ts'
import { bufferOf, ended } from './page-end.ts'
import {
  type ColumnChunk,
  createPageReader,
  type Page,
  type ReadBytes,
  type StoredColumn,
} from './page-reader.ts'
import { encodings } from './parquet-columns.ts'
import { createRunLengths } from './run-lengths.ts'

type DataPage = Extract<Page, { kind: 'data' }>

/** What was written of a column. */
export interface KeptPages {
  bytes: number
  unpacked: number
  dictionaryBytes: number
  values: number
}

/** A dictionary's places have no more bits than are packed here. */
const mostPlaces = 1 << 24

/** Bytes of each value that is kept, as plain ones. */
function keptBytes(bytes: Uint8Array, { physical, length }: StoredColumn, keep: Uint8Array): Uint8Array {
  const { boolean, int32, int96, float, bytes: texts, fixed } = physicalTypes
  if (physical === boolean) {
    const kept: number[] = []
    for (let i = 0; i < keep.length; i++) if (keep[i] === 1) kept.push((bytes[i >> 3]! >> (i & 7)) & 1)
    return packedBits(kept)
  }
  const buffer = bufferOf(bytes)
  const width =
    physical === fixed ? length : physical === int96 ? 12 : physical === int32 || physical === float ? 4 : 8
  const kept = Buffer.allocUnsafe(bytes.length)
  let at = 0
  let to = 0
  for (let i = 0; i < keep.length; i++) {
    if (physical === texts && at + 4 > buffer.length) throw ended()
    const size = physical === texts ? 4 + buffer.readUInt32LE(at) : width
    if (at + size > buffer.length) throw ended()
    if (keep[i] === 1) to += buffer.copy(kept, to, at, at + size)
    at += size
  }
  return kept.subarray(0, to)
}

function packedBits(truths: readonly number[]): Uint8Array {
  const bits = new Uint8Array((truths.length + 7) >> 3)
  for (const [i, truth] of truths.entries()) bits[i >> 3]! |= truth << (i & 7)
  return bits
}

/** The values that are kept, and how they are written. */
function keptValues(
  { encoding, bytes }: DataPage,
  column: StoredColumn,
  keep: Uint8Array,
  dictionary: number,
): { bytes: Uint8Array; encoding: number } {
  const picked = (numbers: Int32Array) => numbers.filter((_, i) => keep[i] === 1)
  const numbers = new Int32Array(keep.length)
  switch (encoding) {
    case encodings.plain:
      return { bytes: keptBytes(bytes, column, keep), encoding }
    case encodings.dictionary:
    case encodings.plainDictionary:
      if (dictionary > mostPlaces) throw new RangeError('a dictionary is too long')
      createRunLengths(bytes.subarray(1), bytes[0] ?? 0).read(numbers, 0, keep.length)
      return {
        bytes: placesBody(picked(numbers), Math.max(0, dictionary - 1)),
        encoding: encodings.dictionary,
      }
    case encodings.runLengths: {
      if (column.physical !== physicalTypes.boolean || bytes.length < 4) break
      const end = 4 + bufferOf(bytes).readUInt32LE(0)
      createRunLengths(bytes.subarray(4, end), 1).read(numbers, 0, keep.length)
      return { bytes: packedBits([...picked(numbers)]), encoding: encodings.plain }
    }
  }
  throw new RangeError(`encoding ${encoding} of a page is not known`)
}

/**
 * Writes the pages of a column again with the rows that are kept, also of nested ones: a row ends where the next begins.
 *
 * @param kept 1 for each row of the row group that stays
 * @param write takes the pages one by one
 */
export async function writeKeptPages(
  column: StoredColumn,
  chunk: ColumnChunk,
  readBytes: ReadBytes,
  kept: Int32Array,
  write: (part: Uint8Array) => Promise<void>,
): Promise<KeptPages> {
  const next = createPageReader(column, chunk, readBytes)
  const total: KeptPages = { bytes: 0, unpacked: 0, dictionaryBytes: 0, values: 0 }
  let dictionary = 0
  let row = -1
  const { definition, repetition } = column

  /** Which entries of a page belong to rows that are kept. */
  const taken = (page: DataPage) => {
    const { count } = page
    const repeated = new Int32Array(page.repetition === null ? 0 : count)
    page.repetition?.read(repeated, 0, count)
    const defined = new Int32Array(page.definition === null ? 0 : count)
    page.definition?.read(defined, 0, count)
    const entries: number[] = []
    const keep: number[] = []
    for (let i = 0; i < count; i++) {
      if (page.repetition === null || repeated[i] === 0) row++
      const stays = kept[row] === 1
      if (stays) entries.push(i)
      if (page.definition === null || defined[i] === definition) keep.push(stays ? 1 : 0)
    }
    const levels = (of: Int32Array, highest: number) =>
      highest === 0
        ? []
        : [
            levelsBody(
              entries.map((i) => of[i]!),
              highest,
            ),
          ]
    return {
      values: entries.length,
      levels: [...levels(repeated, repetition), ...levels(defined, definition)],
      keep: Uint8Array.from(keep),
    }
  }

  for (let page = await next(); page !== null; page = await next()) {
    const pages = noPages()
    if (page.kind === 'dictionary') {
      dictionary = page.count
      addDictionaryPage(pages, page.bytes, page.count, writtenCodec)
      total.dictionaryBytes = pages.bytes
    } else {
      const { values, levels, keep } = taken(page)
      if (values === 0) continue
      const { bytes, encoding } = keptValues(page, column, keep, dictionary)
      addValuesPage(pages, Buffer.concat([...levels, bytes]), values, encoding, writtenCodec)
      total.values += values
    }
    for (const part of pages.parts) await write(part)
    total.bytes += pages.bytes
    total.unpacked += pages.unpacked
  }
  if (row + 1 !== kept.length) throw new RangeError('a column has other rows than its row group')
  return total
}
