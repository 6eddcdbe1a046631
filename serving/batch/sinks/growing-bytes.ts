/** HOT: output text, put together in one buffer that is used again (benchmark: bench/batch.ts). */
export interface GrowingBytes {
  reset(): void
  byte(code: number): void
  /** A copy of `from[start … end)`. */
  copy(from: Uint8Array, start: number, end: number): void
  text(text: string): void
  /** What was written; valid until the next `reset`. */
  taken(): Uint8Array
}

/** Below this a loop is faster than a call into native code. */
const shortCopy = 96

export function createGrowingBytes(): GrowingBytes {
  let bytes = Buffer.allocUnsafe(1 << 20)
  let at = 0
  const reserve = (more: number) => {
    if (at + more <= bytes.length) return
    const larger = Buffer.allocUnsafe(Math.max(bytes.length * 2, at + more))
    bytes.copy(larger, 0, 0, at)
    bytes = larger
  }
  return {
    reset() {
      at = 0
    },
    byte(code) {
      reserve(1)
      bytes[at++] = code
    },
    copy(from, start, end) {
      const length = end - start
      reserve(length)
      if (length < shortCopy) for (let i = 0; i < length; i++) bytes[at + i] = from[start + i]!
      else bytes.set(from.subarray(start, end), at)
      at += length
    },
    text(text) {
      reserve(text.length * 3)
      let plain = text.length < 32
      for (let i = 0; plain && i < text.length; i++) {
        const code = text.charCodeAt(i)
        if (code > 127) plain = false
        else bytes[at + i] = code
      }
      at += plain ? text.length : bytes.write(text, at)
    },
    taken: () => bytes.subarray(0, at),
  }
}
