/** HOT in compressed Arrow bodies and files: LZ4 frames and Zstandard, the two codecs of the format. */
import zlib from 'node:zlib'

/** The format's numbers of them. */
export type ArrowCodec = 'lz4' | 'zstd'

/** What one buffer of a request may unfold to, so that a small body cannot become a large one. */
const mostOfRequest = 64 << 20
/** No LZ4 sequence unfolds to more than this many times its bytes. */
const mostTimes = 255

const frameMagic = 0x184d2204

/**
 * The bytes of an LZ4 frame (github.com/lz4/lz4, lz4_Frame_format.md and lz4_Block_format.md). Its checksums are not
 * looked at: what is read is checked against the lengths that the Arrow message states.
 *
 * @throws Error where the frame is damaged or does not unfold to `length` bytes
 */
export function decodeLz4Frame(bytes: Uint8Array, length: number): Uint8Array {
  const damaged = () => new Error('a buffer is no LZ4 frame of the length it states')
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length < 7 || view.getUint32(0, true) !== frameMagic) throw damaged()
  const flags = bytes[4]!
  const blockChecksums = (flags & 16) !== 0
  const hasSize = (flags & 8) !== 0
  const hasDictionary = (flags & 1) !== 0
  let at = 7 + (hasSize ? 8 : 0) + (hasDictionary ? 4 : 0)
  if (length > bytes.length * mostTimes) throw damaged()
  const out = new Uint8Array(length)
  let filled = 0
  /** A length whose four bits are full goes on in bytes. */
  const more = (start: number, end: number): number => {
    let sum = start
    if (start < 15) return sum
    for (let byte = 255; byte === 255; sum += byte) {
      if (at >= end) throw damaged()
      byte = bytes[at++]!
    }
    return sum
  }
  for (;;) {
    if (at + 4 > bytes.length) throw damaged()
    const head = view.getUint32(at, true)
    at += 4
    if (head === 0) break
    const size = head & 0x7fffffff
    const end = at + size
    if (end > bytes.length) throw damaged()
    if (head >>> 31 === 1) {
      if (filled + size > length) throw damaged()
      out.set(bytes.subarray(at, end), filled)
      filled += size
      at = end
    }
    while (at < end) {
      const token = bytes[at++]!
      const literals = more(token >> 4, end)
      if (at + literals > end || filled + literals > length) throw damaged()
      out.set(bytes.subarray(at, at + literals), filled)
      filled += literals
      at += literals
      // The last sequence of a block has no match.
      if (at === end) break
      if (at + 2 > end) throw damaged()
      const distance = bytes[at]! | (bytes[at + 1]! << 8)
      at += 2
      const match = more(token & 15, end) + 4
      if (distance === 0 || distance > filled || filled + match > length) throw damaged()
      // A match may reach into itself: byte by byte.
      for (let k = 0; k < match; k++, filled++) out[filled] = out[filled - distance]!
    }
    if (blockChecksums) at += 4
  }
  if (filled !== length) throw damaged()
  return out
}

/** @throws Error where the bytes are not of the codec or do not unfold to `length` */
export function decompress(codec: ArrowCodec, bytes: Uint8Array, length: number, most = 2 ** 31): Uint8Array {
  if (!(length >= 0 && length <= most)) {
    throw new Error(`a buffer unfolds to ${length} bytes, ${most / 2 ** 20} MB are the limit`)
  }
  if (codec === 'lz4') return decodeLz4Frame(bytes, length)
  // Node has it from 22.15 on; a bundle may run on 22.12.
  const zstd: unknown = Reflect.get(zlib, 'zstdDecompressSync')
  if (typeof zstd !== 'function') {
    throw new Error('its buffers are compressed by Zstandard, which this Node does not read; use LZ4 or none')
  }
  let found: Buffer
  try {
    found = zlib.zstdDecompressSync(bytes, { maxOutputLength: Math.max(1, length) })
  } catch (error) {
    throw new Error(`a buffer is no Zstandard: ${error instanceof Error ? error.message : String(error)}`)
  }
  if (found.length !== length) throw new Error('a buffer does not unfold to the length it states')
  // Typed arrays are laid over it: at the beginning of memory of its own.
  return new Uint8Array(found)
}

/** A buffer of a compressed request: its length stands before it, −1 where it is not compressed. */
export function openedBuffer(codec: ArrowCodec | null, bytes: Uint8Array): Uint8Array {
  if (codec === null || bytes.length === 0) return bytes
  if (bytes.length < 8) throw new Error('a compressed buffer is too short')
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigInt64(0, true))
  const rest = bytes.subarray(8)
  return length === -1 ? rest.slice() : decompress(codec, rest, length, mostOfRequest)
}
