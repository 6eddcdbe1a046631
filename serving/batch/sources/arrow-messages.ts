import { Failure } from '../../../shared/failure.ts'
import { flatTable } from '../../rows/arrow/flatbuffer.ts'
import type { ByteFeed } from './byte-feed.ts'

/** One message of an Arrow IPC stream or file, with its bytes as they stood. */
export interface ArrowPiece {
  kind: 'schema' | 'dictionary' | 'batch' | 'other'
  /** Prefix, metadata and body. */
  bytes: Buffer
  /** Behind the message. */
  end: number
}

const kinds: Record<number, ArrowPiece['kind']> = { 1: 'schema', 2: 'dictionary', 3: 'batch' }
/** A message is held whole. */
const longest = 1 << 30

/** Reads a stream or file message by message: one is held at a time. */
export async function* arrowPieces(feed: ByteFeed, path: string): AsyncIterable<ArrowPiece> {
  const damaged = (why: string) =>
    new Failure(
      'invalid-input',
      `${path} is not an Arrow IPC stream or file that can be read: ${why}.`,
      'Write it again.',
    )
  const take = async (length: number): Promise<Buffer> => {
    if (length < 0 || length > longest) throw damaged('a message has an impossible length')
    const bytes = Buffer.alloc(length)
    let at = 0
    while (at < length) {
      const count = await feed.read(bytes, at, length - at)
      if (count === 0) return bytes.subarray(0, at)
      at += count
    }
    return bytes
  }
  let end = 0
  let first = await take(8)
  const isFile = first.toString('latin1', 0, 6) === 'ARROW1'
  if (isFile) {
    end += 8
    first = await take(8)
  }
  for (;;) {
    if (first.length === 0) {
      // A stream may end without a word; a file that does was cut off between two batches.
      if (isFile) throw damaged('it was cut off before its end')
      return
    }
    if (first.length < 8) throw damaged('it ends in the middle of a message')
    // Older writers put the length alone; all of this decade begin with a continuation mark.
    if (first.readInt32LE(0) !== -1) {
      if (first.readInt32LE(0) === 0) return
      throw damaged('a message has no continuation mark')
    }
    const length = first.readInt32LE(4)
    if (length === 0) return
    const metadata = await take(length)
    if (metadata.length < length) throw damaged('a message ends beyond the bytes')
    let kind: ArrowPiece['kind']
    let bodyLength: number
    try {
      const view = new DataView(metadata.buffer, metadata.byteOffset, metadata.length)
      const table = flatTable(view, view.getUint32(0, true))
      kind = kinds[table.byte(1, 0)] ?? 'other'
      bodyLength = table.long(3, 0)
    } catch (error) {
      throw damaged(error instanceof Error ? error.message : String(error))
    }
    if (bodyLength > longest) {
      throw new Failure(
        'invalid-input',
        `${path} has a record batch of ${Math.ceil(bodyLength / 2 ** 20)} MB, expected ${longest >> 20} MB at most: a batch is held whole.`,
        'Write it in smaller record batches, such as with max_chunksize=65536 of pyarrow.',
      )
    }
    const body = await take(bodyLength)
    if (body.length < bodyLength) throw damaged('the body of a message ends beyond the bytes')
    end += 8 + length + bodyLength
    yield { kind, bytes: Buffer.concat([first, metadata, body]), end }
    first = await take(8)
  }
}
