/** HOT: Parquet's levels, places and truth values (benchmark: bench/batch.ts). */

/** Whole numbers of a fixed width, as runs of one value and as bits packed side by side, in turn. */
export interface RunLengths {
  /** The next `count` numbers go to `into[at …]`. @throws RangeError where there are no more */
  read(into: Int32Array | Uint8Array, at: number, count: number): void
}

const ended = () => new RangeError('it ends in the middle of a run')

/**
 * Reads Parquet's hybrid of run lengths and bit packing (encoding `RLE`).
 *
 * @param width bits a number, 0 to 32
 */
export function createRunLengths(bytes: Uint8Array, width: number): RunLengths {
  if (width > 32) throw new RangeError(`numbers of ${width} bits`)
  const valueBytes = (width + 7) >> 3
  const mask = width === 32 ? -1 : (1 << width) - 1
  let at = 0
  /** How many numbers the current run still has. */
  let left = 0
  let repeated = 0
  let packed = false
  // Bits that were read and not yet handed out, and how many they are.
  let held = 0
  let heldBits = 0

  const varint = (): number => {
    let value = 0
    for (let shift = 0; shift < 35; shift += 7) {
      const part = bytes[at++]
      if (part === undefined) throw ended()
      value += (part & 127) * 2 ** shift
      if (part < 128) return value
    }
    throw new RangeError('a run is too long')
  }
  const nextRun = () => {
    const head = varint()
    packed = (head & 1) === 1
    if (packed) {
      left = Math.floor(head / 2) * 8
      held = 0
      heldBits = 0
      return
    }
    left = Math.floor(head / 2)
    if (at + valueBytes > bytes.length) throw ended()
    repeated = 0
    for (let b = 0; b < valueBytes; b++) repeated |= bytes[at++]! << (8 * b)
  }

  return {
    read(into, from, count) {
      const end = from + count
      for (let to = from; to < end; ) {
        while (left === 0) nextRun()
        const some = Math.min(left, end - to)
        left -= some
        if (!packed) {
          into.fill(repeated, to, to + some)
          to += some
          continue
        }
        if (at + Math.ceil((some * width - heldBits) / 8) > bytes.length) throw ended()
        const last = to + some
        if (width <= 24) {
          // In locals, which the loop keeps in registers. Fewer than eight bits are held between two numbers.
          let [byteAt, bits, bitCount] = [at, held, heldBits]
          if (width > 0 && width <= 4 && bitCount === 0) {
            // Eight numbers take `width` bytes, which fit into one word.
            for (; to + 8 <= last; to += 8) {
              let word = bytes[byteAt]!
              for (let b = 1; b < width; b++) word |= bytes[byteAt + b]! << (8 * b)
              byteAt += width
              into[to] = word & mask
              into[to + 1] = (word >>> width) & mask
              into[to + 2] = (word >>> (2 * width)) & mask
              into[to + 3] = (word >>> (3 * width)) & mask
              into[to + 4] = (word >>> (4 * width)) & mask
              into[to + 5] = (word >>> (5 * width)) & mask
              into[to + 6] = (word >>> (6 * width)) & mask
              into[to + 7] = (word >>> (7 * width)) & mask
            }
          }
          for (; to < last; to++) {
            while (bitCount < width) {
              bits |= bytes[byteAt++]! << bitCount
              bitCount += 8
            }
            into[to] = bits & mask
            bits >>>= width
            bitCount -= width
          }
          at = byteAt
          held = bits
          heldBits = bitCount
          continue
        }
        for (; to < last; to++) {
          let value = held
          let bits = heldBits
          while (bits < width) {
            const byte = bytes[at++]!
            value |= byte << bits
            held = byte >>> (width - bits)
            bits += 8
          }
          into[to] = value & mask
          heldBits = bits - width
        }
      }
    },
  }
}
