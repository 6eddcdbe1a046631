/** HOT: pages of a Parquet column into typed arrays, with no object a value (benchmark: bench/batch.ts). */

import type { PlainValue } from '../plain-value.ts'
import { createTextCells, type TextCells } from '../sources/text-cells.ts'
import { bufferOf, ended } from './page-end.ts'
import { type ColumnChunk, createPageReader, type Page, type ReadBytes } from './page-reader.ts'
import { encodings, type ReadableColumn } from './parquet-columns.ts'
import { plainNumbers, plainReader, plainTexts } from './plain-values.ts'
import { createRunLengths, type RunLengths } from './run-lengths.ts'
import { valueReader } from './value-texts.ts'

/** Where texts go: as places in the dictionary, and beside them those that are in none. */
export interface TextTarget {
  /** −1 where `others` has the text, or where it is missing. */
  codes: Int32Array
  /** Null until there is a text outside of the dictionary. */
  others: (string | null)[] | null
}

/** One column of one row group, from its first row on. Values are read in one of the three ways throughout. */
export interface ColumnReader {
  /** Numbers, and truth values as 1 and 0; NaN where missing. @throws RangeError where the pages cannot be read */
  numbers(into: Float64Array, at: number, count: number): Promise<void>
  texts(into: TextTarget, at: number, count: number): Promise<void>
  /** Exact values, dates and the like as their texts; null where missing. */
  values(into: PlainValue[], at: number, count: number): Promise<void>
  /** The texts that codes stand for. */
  dictionary(): readonly string[]
}

interface OpenPage {
  /** Rows that are still to be read. */
  left: number
  levels: RunLengths | null
  /** Where values are places in a dictionary; else they are plain. */
  places: RunLengths | null
  bytes: Uint8Array
  /** What `numbers` reads, made when it first does. */
  numbers: Float64Array | null
  /** How far `numbers` or texts were read. */
  at: number
  /** The next plain value, made when `values` first asks. */
  next: (() => PlainValue) | null
}

/** Truth values in runs are read as places among these. */
const truths = { numbers: Float64Array.of(0, 1), values: [false, true] }

/** Reads a column chunk page by page: one page and the dictionary are held. */
export function createColumnReader(
  column: ReadableColumn,
  chunk: ColumnChunk,
  readBytes: ReadBytes,
): ColumnReader {
  const { physical, length, optional } = column
  const nextPage = createPageReader(
    { physical, length, definition: optional ? 1 : 0, repetition: 0 },
    chunk,
    readBytes,
  )
  const truth = column.form.as === 'truth'
  let page: OpenPage | null = null
  let raw: Extract<Page, { kind: 'dictionary' }> | null = null
  let texts: readonly string[] = []
  let numberDictionary: Float64Array | null = truth ? truths.numbers : null
  let valueDictionary: readonly PlainValue[] | null = truth ? truths.values : null
  let scratch = new Int32Array(0)
  let present = new Uint8Array(0)
  let cells: TextCells | null = null
  let plainTextsRead = 0

  const loadPage = async (): Promise<OpenPage> => {
    for (;;) {
      const found = await nextPage()
      if (found === null) throw new RangeError('there are fewer values than rows')
      if (found.kind === 'dictionary') {
        raw = found
        if (column.form.as === 'text') texts = plainTexts(bufferOf(found.bytes), found.count)
        continue
      }
      const { count, definition, encoding, bytes } = found
      const open = { left: count, levels: definition, places: null, bytes, numbers: null, at: 0, next: null }
      if (encoding === encodings.plain) return open
      if (encoding === encodings.dictionary || encoding === encodings.plainDictionary) {
        // A page without a value need not have a width.
        return { ...open, places: createRunLengths(bytes.subarray(1), bytes[0] ?? 0) }
      }
      if (encoding === encodings.runLengths && truth) {
        if (bytes.length < 4) throw ended()
        const end = 4 + bufferOf(bytes).readUInt32LE(0)
        return { ...open, places: createRunLengths(bytes.subarray(4, end), 1) }
      }
      throw new RangeError(`encoding ${encoding} of a page is not known`)
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

  const someNumbers = (from: OpenPage, into: Float64Array, at: number, count: number) => {
    const there = from.levels === null ? count : presence(from.levels, count)
    const whole = there === count
    if (from.places !== null) {
      const places = placesOf(from.places, there)
      numberDictionary ??= raw === null ? new Float64Array(0) : plainNumbers(raw.bytes, column)
      const held = numberDictionary
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
    from.numbers ??= plainNumbers(from.bytes, column)
    const { numbers } = from
    if (from.at + there > numbers.length) throw ended()
    if (whole) into.set(numbers.subarray(from.at, from.at + count), at)
    else {
      for (let i = 0, v = from.at; i < count; i++) {
        into[at + i] = present[i] === 1 ? numbers[v++]! : Number.NaN
      }
    }
    from.at += there
  }

  const someTexts = (from: OpenPage, into: TextTarget, at: number, count: number) => {
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
    const bytes = bufferOf(from.bytes)
    cells ??= createTextCells()
    // Where texts hardly repeat, remembering them costs more than it saves.
    const repeats = plainTextsRead < 4_096 || cells.made < plainTextsRead / 2
    into.others ??= []
    for (let i = 0; i < count; i++) {
      codes[at + i] = -1
      if (!whole && present[i] !== 1) continue
      if (from.at + 4 > bytes.length) throw ended()
      const end = from.at + 4 + bytes.readUInt32LE(from.at)
      if (end > bytes.length) throw ended()
      into.others[at + i] = repeats
        ? cells.read(bytes, from.at + 4, end)
        : bytes.toString('utf8', from.at + 4, end)
      from.at = end
    }
    if (repeats) plainTextsRead += there
  }

  const plainValues = (bytes: Uint8Array): (() => PlainValue) => {
    const read = plainReader(bytes, column)
    const value = valueReader(column)
    return () => value(read())
  }

  const someValues = (from: OpenPage, into: PlainValue[], at: number, count: number) => {
    const there = from.levels === null ? count : presence(from.levels, count)
    const whole = there === count
    if (from.places === null) {
      from.next ??= plainValues(from.bytes)
      for (let i = 0; i < count; i++) into[at + i] = whole || present[i] === 1 ? from.next() : null
      return
    }
    if (valueDictionary === null) {
      const next = plainValues(raw?.bytes ?? new Uint8Array(0))
      valueDictionary = Array.from({ length: raw?.count ?? 0 }, next)
    }
    const places = placesOf(from.places, there)
    for (let i = 0, v = 0; i < count; i++) {
      if (!whole && present[i] !== 1) {
        into[at + i] = null
        continue
      }
      const value = valueDictionary[places[v++]!]
      assertKnown(value !== undefined)
      into[at + i] = value as PlainValue
    }
  }

  const through = async (count: number, some: (from: OpenPage, offset: number, count: number) => void) => {
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
    values: (into, at, count) =>
      through(count, (from, offset, part) => someValues(from, into, at + offset, part)),
    dictionary: () => texts,
  }
}
