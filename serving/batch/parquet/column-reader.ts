/** HOT: pages of a Parquet column into typed arrays, with no object a value (benchmark: bench/batch.ts). */

import { readThriftAt, type ThriftStruct } from './compact-thrift.ts'
import { decompressPage } from './decompress-page.ts'
import { numberOf, structOf } from './layout.ts'
import { ended, plainNumbers, plainTexts, plainTruths } from './plain-values.ts'
import { encodings, type ReadableColumn } from './readable-columns.ts'
import { createRunLengths, type RunLengths } from './run-lengths.ts'

/** Where texts go: as places in the dictionary, and beside them those that are in none. */
export interface TextTarget {
  /** −1 where `others` has the text, or where it is missing. */
  codes: Int32Array
  /** Null until there is a text outside of the dictionary. */
  others: (string | null)[] | null
}

/** One column of one row group, from its first row on. */
export interface ColumnReader {
  /** Numbers, and truth values as 1 and 0; NaN where missing. @throws RangeError where the pages cannot be read */
  numbers(into: Float64Array, at: number, count: number): Promise<void>
  texts(into: TextTarget, at: number, count: number): Promise<void>
  /** The texts that codes stand for. */
  dictionary(): readonly string[]
}

/** Bytes of a column chunk from its beginning; fewer than asked for only at its end. */
export type ReadBytes = (start: number, length: number) => Promise<Uint8Array>

interface Page {
  /** Rows that are still to be read. */
  left: number
  levels: RunLengths | null
  /** Exactly one of these has the values. */
  places: RunLengths | null
  numbers: Float64Array | null
  texts: Buffer | null
  /** How far `numbers` or `texts` were read. */
  at: number
}

const pageTypes = { data: 0, index: 1, dictionary: 2, dataSecond: 3 }
/** A page's header is some 50 bytes, or more with statistics of texts in it. */
const usualHeader = 1 << 12
const longestHeader = 1 << 24

const bufferOf = ({ buffer, byteOffset, length }: Uint8Array) => Buffer.from(buffer, byteOffset, length)

/**
 * Reads a column chunk page by page: one page and the dictionary are held.
 *
 * @param length of the column chunk in bytes
 */
export function createColumnReader(
  column: ReadableColumn,
  codec: number,
  length: number,
  readBytes: ReadBytes,
): ColumnReader {
  let next = 0
  let page: Page | null = null
  let texts: readonly string[] = []
  let dictionary: Float64Array = new Float64Array(0)
  let scratch = new Int32Array(0)
  let present = new Uint8Array(0)

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

  const valuesOf = (bytes: Uint8Array, encoding: number, count: number): Omit<Page, 'left' | 'levels'> => {
    const none = { places: null, numbers: null, texts: null, at: 0 }
    if (encoding === encodings.dictionary || encoding === encodings.plainDictionary) {
      const width = bytes[0]
      // A page without a value need not have a width.
      return { ...none, places: createRunLengths(bytes.subarray(1), width ?? 0) }
    }
    if (encoding === encodings.plain) {
      if (column.kind === 'text') return { ...none, texts: bufferOf(bytes) }
      return {
        ...none,
        numbers: column.kind === 'truth' ? plainTruths(bytes) : plainNumbers(bytes, column),
      }
    }
    if (encoding === encodings.runLengths && column.kind === 'truth') {
      const truths = new Uint8Array(count)
      const size = bufferOf(bytes).readUInt32LE(0)
      createRunLengths(bytes.subarray(4, 4 + size), 1).read(truths, 0, count)
      return { ...none, numbers: new Float64Array(truths) }
    }
    throw new RangeError(`encoding ${encoding} of a page is not known`)
  }

  const loadDictionary = (bytes: Uint8Array, fields: ThriftStruct) => {
    const count = numberOf(fields.get(1))
    if (column.kind === 'text') texts = plainTexts(bufferOf(bytes), count)
    else dictionary = plainNumbers(bytes, column)
  }

  const levelsWidth = column.optional ? 1 : 0

  const firstForm = (bytes: Uint8Array, fields: ThriftStruct): Page => {
    const count = numberOf(fields.get(1))
    const encoding = numberOf(fields.get(2))
    if (!column.optional) return { left: count, levels: null, ...valuesOf(bytes, encoding, count) }
    if (numberOf(fields.get(3)) !== encodings.runLengths)
      throw new RangeError('levels are packed in an old way')
    if (bytes.length < 4) throw ended()
    const end = 4 + bufferOf(bytes).readUInt32LE(0)
    const levels = createRunLengths(bytes.subarray(4, end), levelsWidth)
    if (column.kind !== 'truth' || encoding !== encodings.runLengths) {
      return { left: count, levels, ...valuesOf(bytes.subarray(end), encoding, count) }
    }
    // Truth values are unpacked at once: as many as there are.
    const flags = new Uint8Array(count)
    createRunLengths(bytes.subarray(4, end), levelsWidth).read(flags, 0, count)
    const there = flags.reduce((sum, flag) => sum + flag, 0)
    return { left: count, levels, ...valuesOf(bytes.subarray(end), encoding, there) }
  }

  const secondForm = (bytes: Uint8Array, fields: ThriftStruct, unpacked: number): Page => {
    const count = numberOf(fields.get(1))
    const nulls = numberOf(fields.get(2))
    const levelBytes = numberOf(fields.get(5))
    const before = levelBytes + numberOf(fields.get(6))
    if (before > bytes.length) throw ended()
    const flag = fields.get(7)
    const packed = flag?.kind !== 'bool' || flag.value
    const body = bytes.subarray(before)
    const values = packed && body.length > 0 ? decompressPage(codec, body, unpacked - before) : body
    const from = before - levelBytes
    return {
      left: count,
      levels: column.optional ? createRunLengths(bytes.subarray(from, before), levelsWidth) : null,
      ...valuesOf(values, numberOf(fields.get(4)), count - nulls),
    }
  }

  const loadPage = async (): Promise<Page> => {
    for (;;) {
      if (next >= length) throw new RangeError('there are fewer values than rows')
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
      loadDictionary(body, structOf(fields.get(7)))
    }
  }

  /** How many of the next `count` rows have a value; which, is in `present`. */
  const presence = (levels: RunLengths, count: number): number => {
    if (present.length < count) present = new Uint8Array(count)
    levels.read(present, 0, count)
    let there = 0
    for (let i = 0; i < count; i++) there += present[i]!
    return there
  }

  const placesOf = (places: RunLengths, count: number): Int32Array => {
    if (scratch.length < count) scratch = new Int32Array(count)
    places.read(scratch, 0, count)
    return scratch
  }

  const assertKnown = (known: boolean) => {
    if (!known) throw new RangeError('a place is not in the dictionary')
  }

  const someNumbers = (from: Page, into: Float64Array, at: number, count: number) => {
    const there = from.levels === null ? count : presence(from.levels, count)
    const whole = there === count
    if (from.places !== null) {
      const places = placesOf(from.places, there)
      const held = dictionary
      const last = held.length - 1
      // Negative as soon as one place is: cheaper than to compare each.
      let sign = 0
      if (whole) {
        for (let i = 0; i < count; i++) {
          const place = places[i]!
          sign |= place | (last - place)
          into[at + i] = held[place]!
        }
      } else {
        for (let i = 0, v = 0; i < count; i++) {
          if (present[i] !== 1) {
            into[at + i] = Number.NaN
            continue
          }
          const place = places[v++]!
          sign |= place | (last - place)
          into[at + i] = held[place]!
        }
      }
      assertKnown(sign >= 0)
      return
    }
    const numbers = from.numbers ?? new Float64Array(0)
    if (from.at + there > numbers.length) throw ended()
    if (whole) into.set(numbers.subarray(from.at, from.at + count), at)
    else {
      for (let i = 0, v = from.at; i < count; i++) {
        into[at + i] = present[i] === 1 ? numbers[v++]! : Number.NaN
      }
    }
    from.at += there
  }

  const someTexts = (from: Page, into: TextTarget, at: number, count: number) => {
    const there = from.levels === null ? count : presence(from.levels, count)
    const whole = there === count
    const { codes } = into
    if (from.places !== null) {
      if (whole) from.places.read(codes, at, count)
      else {
        const places = placesOf(from.places, there)
        for (let i = 0, v = 0; i < count; i++) codes[at + i] = present[i] === 1 ? places[v++]! : 0
      }
      const last = texts.length - 1
      let sign = 0
      for (let i = at; i < at + count; i++) sign |= codes[i]! | (last - codes[i]!)
      assertKnown(sign >= 0 || there === 0)
      if (!whole) for (let i = 0; i < count; i++) if (present[i] !== 1) codes[at + i] = -1
      return
    }
    const bytes = from.texts ?? Buffer.alloc(0)
    into.others ??= []
    for (let i = 0; i < count; i++) {
      codes[at + i] = -1
      if (!whole && present[i] !== 1) continue
      if (from.at + 4 > bytes.length) throw ended()
      const end = from.at + 4 + bytes.readUInt32LE(from.at)
      if (end > bytes.length) throw ended()
      into.others[at + i] = bytes.toString('utf8', from.at + 4, end)
      from.at = end
    }
  }

  const through = async (count: number, some: (from: Page, offset: number, count: number) => void) => {
    for (let done = 0; done < count; ) {
      if (page === null || page.left === 0) {
        page = await loadPage()
        continue
      }
      const part = Math.min(page.left, count - done)
      some(page, done, part)
      page.left -= part
      done += part
    }
  }

  return {
    numbers: (into, at, count) =>
      through(count, (from, offset, part) => someNumbers(from, into, at + offset, part)),
    texts: (into, at, count) =>
      through(count, (from, offset, part) => someTexts(from, into, at + offset, part)),
    dictionary: () => texts,
  }
}
