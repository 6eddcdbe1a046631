/** HOT: pages as bytes, with their headers (benchmark: bench/batch.ts). */
import { type ThriftValue, thriftInt, thriftStruct, writeThrift } from './compact-thrift.ts'
import { compressPage } from './compress-page.ts'
import { encodings } from './parquet-columns.ts'

const pageTypes = { data: 0, dictionary: 2 }

/** Pages one behind the other. */
export interface Pages {
  parts: Uint8Array[]
  bytes: number
  /** What they would be without compression. */
  unpacked: number
}

export function noPages(): Pages {
  return { parts: [], bytes: 0, unpacked: 0 }
}

function addPage(
  pages: Pages,
  type: number,
  body: Uint8Array,
  codec: number,
  own: readonly [number, ThriftValue],
): void {
  const packed = compressPage(codec, body)
  const head = writeThrift(
    new Map([[1, thriftInt(type)], [2, thriftInt(body.length)], [3, thriftInt(packed.length)], own]),
  )
  pages.parts.push(head, packed)
  pages.bytes += head.length + packed.length
  pages.unpacked += head.length + body.length
}

/**
 * A page of values, of the first form.
 *
 * @param body levels, where there are any, and values
 * @param values with those that are missing
 */
export function addValuesPage(
  pages: Pages,
  body: Uint8Array,
  values: number,
  encoding: number,
  codec: number,
): void {
  addPage(pages, pageTypes.data, body, codec, [
    5,
    thriftStruct([
      [1, thriftInt(values)],
      [2, thriftInt(encoding)],
      [3, thriftInt(encodings.runLengths)],
      [4, thriftInt(encodings.runLengths)],
    ]),
  ])
}

/** The page of a dictionary, which stands before those of the places in it. */
export function addDictionaryPage(pages: Pages, body: Uint8Array, values: number, codec: number): void {
  addPage(pages, pageTypes.dictionary, body, codec, [
    7,
    thriftStruct([
      [1, thriftInt(values)],
      [2, thriftInt(encodings.plain)],
    ]),
  ])
}

/** Bits that count to `last`, at least one. */
export function bitsFor(last: number): number {
  return Math.max(1, 32 - Math.clz32(last))
}

function varint(value: number): number[] {
  const bytes: number[] = []
  let rest = value
  for (; rest > 127; rest >>>= 7) bytes.push((rest & 127) | 128)
  bytes.push(rest)
  return bytes
}

/** Numbers of `width` bits (24 at most) as one run of packed ones, behind `before` bytes that are left free. */
export function packedRun(numbers: ArrayLike<number>, width: number, before = 0): Uint8Array {
  const eights = (numbers.length + 7) >> 3
  const head = varint(eights * 2 + 1)
  const bytes = new Uint8Array(before + head.length + eights * width)
  bytes.set(head, before)
  let at = before + head.length
  let held = 0
  let bits = 0
  for (let i = 0; i < numbers.length; i++) {
    held |= numbers[i]! << bits
    bits += width
    for (; bits >= 8; bits -= 8) {
      bytes[at++] = held & 255
      held >>>= 8
    }
  }
  if (bits > 0) bytes[at] = held & 255
  return bytes
}

/** Places in a dictionary, as a page has them: their width in front. */
export function placesBody(places: ArrayLike<number>, last: number): Uint8Array {
  const width = bitsFor(last)
  const bytes = packedRun(places, width, 1)
  bytes[0] = width
  return bytes
}

/** Levels, as a page of the first form has them: their length in front. One run where all are the same. */
export function levelsBody(levels: ArrayLike<number>, highest: number): Uint8Array {
  const first = levels[0] ?? 0
  let same = true
  for (let i = 1; i < levels.length && same; i++) same = levels[i] === first
  let bytes: Uint8Array
  if (same) bytes = Uint8Array.from([0, 0, 0, 0, ...varint(levels.length * 2), first])
  else bytes = packedRun(levels, bitsFor(highest), 4)
  new DataView(bytes.buffer).setUint32(0, bytes.length - 4, true)
  return bytes
}
