/** Bytes in one upload chunk; the contract allows twice as many. */
export const chunkBytes = 4 * 1024 * 1024

/** The chunks of a file in order, at least one even when it is empty. */
export function* chunksOf(bytes: number): Generator<{ offset: number; end: number; last: boolean }> {
  let offset = 0
  do {
    const end = Math.min(bytes, offset + chunkBytes)
    yield { offset, end, last: end === bytes }
    offset = end
  } while (offset < bytes)
}
