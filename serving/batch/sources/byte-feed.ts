import { open } from 'node:fs/promises'
import { Failure } from '../../../shared/failure.ts'

/** Bytes in order, as many at a time as are asked for. */
export interface ByteFeed {
  /** Writes up to `length` bytes into `target` and answers how many; 0 at the end. */
  read(target: Buffer, at: number, length: number): Promise<number>
  /** Of all bytes; null where unknown. */
  readonly size: number | null
  close(): Promise<void>
}

export function unreadable(path: string, error: unknown): Failure {
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error)
  const why = code === 'ENOENT' ? 'does not exist' : `cannot be read (${code})`
  return new Failure(
    code === 'ENOENT' ? 'not-found' : 'failed',
    `${path} ${why}.`,
    'Check the name of the input.',
  )
}

/** A file from byte `from` on. @throws Failure `not-found` or `failed` naming it */
export async function fileFeed(path: string, from = 0): Promise<ByteFeed> {
  try {
    const file = await open(path, 'r')
    const { size } = await file.stat()
    let position = from
    return {
      size,
      async read(target, at, length) {
        try {
          const { bytesRead } = await file.read(target, at, length, position)
          position += bytesRead
          return bytesRead
        } catch (error) {
          throw unreadable(path, error)
        }
      },
      close: () => file.close(),
    }
  } catch (error) {
    throw error instanceof Failure ? error : unreadable(path, error)
  }
}

/** A stream of buffers. */
export function streamFeed(stream: AsyncIterable<Uint8Array>, close: () => Promise<void>): ByteFeed {
  const iterator = stream[Symbol.asyncIterator]()
  let rest: Uint8Array = new Uint8Array(0)
  return {
    size: null,
    async read(target, at, length) {
      while (rest.length === 0) {
        const next = await iterator.next()
        if (next.done) return 0
        rest = next.value
      }
      const part = rest.subarray(0, length)
      target.set(part, at)
      rest = rest.subarray(part.length)
      return part.length
    },
    close,
  }
}
