/** HOT: values into the pages of a row group (benchmark: bench/batch.ts). */
import { type PlainValue, plainValue } from '../plain-value.ts'
import type { ColumnType } from '../row-chunk.ts'
import type { ColumnPages } from './column-pages.ts'
import { physicalTypes } from './column-types.ts'
import {
  addDictionaryPage,
  addValuesPage,
  levelsBody,
  noPages,
  type Pages,
  placesBody,
} from './page-bytes.ts'
import { encodings } from './parquet-columns.ts'
import { bytesOfValue, valueWriter } from './stored-values.ts'
import type { WrittenType } from './written-types.ts'

/** One column, row group by row group. Pages wait, compressed, until their row group ends. */
export interface ColumnWriter {
  /** What waits. */
  readonly bytes: number
  /**
   * Adds the values at places `rows`.
   *
   * @param textCells values are cells of CSV: an empty one is missing
   * @throws RangeError saying which value cannot be stored
   */
  add(values: ArrayLike<unknown>, rows: Int32Array, textCells: boolean): void
  /** The pages of the row group, of which the next is begun. */
  take(): ColumnPages
}

/** Values of a page, so many that its header is nothing, few enough to be read in parts. */
const pageRows = 8_192
/** A dictionary of more has no texts that repeat. */
const mostTexts = 1 << 15
const mostTextBytes = 1 << 20

interface PageBody {
  bytes: Uint8Array
  encoding: number
}

interface PageValues extends PageBody {
  /** 1 for each row that has a value. */
  levels: Uint8Array
}

/** Bodies of pages behind their levels. */
interface BodyWriter {
  body(values: readonly PlainValue[]): PageBody
  /** Of the row group that ends; null where nothing refers to one. */
  dictionary(): { bytes: Uint8Array; count: number } | null
}

function truthBodies(): BodyWriter {
  return {
    body(values) {
      const bytes = new Uint8Array((values.length + 7) >> 3)
      for (const [i, value] of values.entries()) if (value === true) bytes[i >> 3]! |= 1 << (i & 7)
      return { bytes, encoding: encodings.plain }
    },
    dictionary: () => null,
  }
}

/** Numbers as they lie in memory, without one object each; Parquet is little-endian, as every machine that runs this. */
function doubles(values: Float64Array, rows: Int32Array): PageValues {
  const levels = new Uint8Array(rows.length)
  const numbers = new Float64Array(rows.length)
  let there = 0
  for (let i = 0; i < rows.length; i++) {
    const value = values[rows[i]!]!
    if (Number.isNaN(value)) continue
    levels[i] = 1
    numbers[there++] = value
  }
  return { levels, bytes: new Uint8Array(numbers.buffer, 0, there * 8), encoding: encodings.plain }
}

function fixedBodies(type: WrittenType): BodyWriter {
  const write = valueWriter(type)
  return {
    body(values) {
      const bytes = Buffer.alloc(values.length * type.length)
      for (let i = 0; i < values.length; i++) write(bytes, values[i]!, i * type.length)
      return { bytes, encoding: encodings.plain }
    },
    dictionary: () => null,
  }
}

/** Below this a loop is faster than a call into native code. */
const shortText = 32

/** Values behind their lengths in bytes, in one buffer: a buffer for each would take longer than all the rest. */
function lengthPrefixed(values: readonly PlainValue[], type: WrittenType): Uint8Array {
  if (type.form.as === 'blob') {
    const parts = values.map((value) => bytesOfValue(value, type))
    return lengthPrefixedBytes(parts)
  }
  const texts = values.map(String)
  // No character of a string has more than three bytes.
  const bytes = Buffer.allocUnsafe(texts.reduce((sum, { length }) => sum + length * 3 + 4, 0))
  let at = 0
  for (const text of texts) {
    let plain = text.length < shortText
    for (let i = 0; plain && i < text.length; i++) {
      const code = text.charCodeAt(i)
      if (code > 127) plain = false
      else bytes[at + 4 + i] = code
    }
    const length = plain ? text.length : bytes.write(text, at + 4)
    bytes.writeUInt32LE(length, at)
    at += 4 + length
  }
  return bytes.subarray(0, at)
}

function lengthPrefixedBytes(parts: readonly Buffer[]): Uint8Array {
  const bytes = Buffer.allocUnsafe(parts.reduce((sum, { length }) => sum + length + 4, 0))
  let at = 0
  for (const part of parts) {
    at = bytes.writeUInt32LE(part.length, at)
    at += part.copy(bytes, at)
  }
  return bytes
}

/** Texts that repeat are places in a dictionary; once there are too many, the rest of the row group is plain. */
function textBodies(type: WrittenType): BodyWriter {
  let places = new Map<PlainValue, number>()
  let size = 0
  let open = true
  /** Null where the dictionary is full. */
  const placesOf = (values: readonly PlainValue[]): Int32Array | null => {
    const found = new Int32Array(values.length)
    const before = places.size
    for (let i = 0; i < values.length; i++) {
      const value = values[i]!
      let place = places.get(value)
      if (place === undefined) {
        place = places.size
        size += 4 + Buffer.byteLength(String(value))
        if (place >= mostTexts || size > mostTextBytes) {
          for (const text of [...places.keys()].slice(before)) places.delete(text)
          return null
        }
        places.set(value, place)
      }
      found[i] = place
    }
    return found
  }
  return {
    body(values) {
      // Of nothing there need not be a dictionary.
      if (values.length === 0) return { bytes: new Uint8Array(0), encoding: encodings.plain }
      const found = open ? placesOf(values) : null
      if (found !== null) {
        return { bytes: placesBody(found, Math.max(0, places.size - 1)), encoding: encodings.dictionary }
      }
      open = false
      return { bytes: lengthPrefixed(values, type), encoding: encodings.plain }
    },
    dictionary() {
      const count = places.size
      const bytes = lengthPrefixed([...places.keys()], type)
      places = new Map()
      size = 0
      open = true
      return count === 0 ? null : { bytes, count }
    },
  }
}

function bodiesOf(type: WrittenType): BodyWriter {
  switch (type.form.as) {
    case 'truth':
      return truthBodies()
    case 'text':
    case 'blob':
      return textBodies(type)
    default:
      return fixedBodies(type)
  }
}

/** A column whose values may be missing. @param codec Parquet's number of the compression */
export function createColumnWriter(type: ColumnType, written: WrittenType, codec: number): ColumnWriter {
  const bodies = bodiesOf(written)
  let pages = noPages()

  const pageOf = (values: ArrayLike<unknown>, rows: Int32Array, textCells: boolean): PageValues => {
    if (written.physical === physicalTypes.double && values instanceof Float64Array)
      return doubles(values, rows)
    const levels = new Uint8Array(rows.length)
    const there: PlainValue[] = []
    for (let i = 0; i < rows.length; i++) {
      const value = plainValue(values[rows[i]!], type, textCells)
      if (value === null) continue
      levels[i] = 1
      there.push(value)
    }
    return { levels, ...bodies.body(there) }
  }

  return {
    get bytes() {
      return pages.bytes
    },
    add(values, rows, textCells) {
      for (let from = 0; from < rows.length; from += pageRows) {
        const part = rows.subarray(from, from + pageRows)
        const { levels, bytes, encoding } = pageOf(values, part, textCells)
        addValuesPage(pages, Buffer.concat([levelsBody(levels, 1), bytes]), part.length, encoding, codec)
      }
    },
    take() {
      const dictionary = bodies.dictionary()
      const first: Pages = noPages()
      if (dictionary !== null) addDictionaryPage(first, dictionary.bytes, dictionary.count, codec)
      const whole: ColumnPages = {
        parts: [...first.parts, ...pages.parts],
        bytes: first.bytes + pages.bytes,
        unpacked: first.unpacked + pages.unpacked,
        dictionaryBytes: first.bytes,
      }
      pages = noPages()
      return whole
    },
  }
}
