export const ended = () => new RangeError('a page ends too soon')

/** The same bytes as a buffer. */
export function bufferOf({ buffer, byteOffset, length }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, length)
}
