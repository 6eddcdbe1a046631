import zlib from 'node:zlib'
import { snappyUncompressor } from 'hysnappy'
import { decodeLz4Frame } from '../../rows/arrow/decompress.ts'

type Decompress = (bytes: Uint8Array, length: number) => Uint8Array

/** Numbers of Parquet's format for how pages are compressed. */
export const codecs = { none: 0, snappy: 1, gzip: 2, brotli: 4, zstd: 6, lz4: 7 }

let snappy: Decompress | null = null

/** The length that a Snappy block says it has, so that it is never unpacked into less. */
function snappyLength(bytes: Uint8Array): number {
  let length = 0
  for (let i = 0; i < Math.min(5, bytes.length); i++) {
    length += (bytes[i]! & 127) * 2 ** (7 * i)
    if (bytes[i]! < 128) return length
  }
  return -1
}

/** A bare block of LZ4 as a frame of one, without checksums. */
function lz4Frame(block: Uint8Array): Uint8Array {
  const frame = new Uint8Array(11 + block.length + 4)
  frame.set([0x04, 0x22, 0x4d, 0x18])
  new DataView(frame.buffer).setUint32(7, block.length, true)
  frame.set(block, 11)
  return frame
}

function decompressorOf(codec: number): Decompress | null {
  switch (codec) {
    case codecs.none:
      return (bytes) => bytes
    case codecs.snappy:
      return (bytes, length) => {
        if (snappyLength(bytes) !== length) throw new RangeError('its length is another than it says')
        snappy ??= snappyUncompressor()
        return snappy(bytes, length)
      }
    case codecs.gzip:
      return (bytes, length) => zlib.gunzipSync(bytes, { maxOutputLength: Math.max(1, length) })
    case codecs.brotli:
      return (bytes, length) => zlib.brotliDecompressSync(bytes, { maxOutputLength: Math.max(1, length) })
    case codecs.zstd:
      // From Node 22.15 on.
      return typeof zlib.zstdDecompressSync === 'function'
        ? (bytes, length) => zlib.zstdDecompressSync(bytes, { maxOutputLength: Math.max(1, length) })
        : null
    case codecs.lz4:
      return (bytes, length) => decodeLz4Frame(lz4Frame(bytes), length)
    default:
      return null
  }
}

/** Whether pages compressed so can be read here. */
export function isReadableCodec(codec: number): boolean {
  return decompressorOf(codec) !== null
}

/**
 * A page's bytes as they were before they were compressed.
 *
 * @param length what the page's header says they are
 * @throws RangeError where they are not
 */
export function decompressPage(codec: number, bytes: Uint8Array, length: number): Uint8Array {
  let found: Uint8Array
  try {
    const decompress = decompressorOf(codec)
    if (decompress === null) throw new RangeError(`codec ${codec} is not known`)
    found = decompress(bytes, length)
  } catch (error) {
    throw new RangeError(`a page cannot be unpacked: ${error instanceof Error ? error.message : error}`)
  }
  if (found.length !== length)
    throw new RangeError('a page cannot be unpacked: its length is another than it says')
  return found
}
