/** How a training thread and its companions agree: places in a control block of shared memory. */

/** Bytes of one companion's block; it begins at a multiple of 8. */
export const controlBytes = 128

/** Most numbers that go with a piece of work. */
export const mostArguments = 12

/** Rounds of looking before a thread goes to sleep: work often follows work within microseconds. */
export const spins = 2_000

/** The number of the work that ends a companion. */
export const stopWork = 0

/** Of the int32 at the beginning of the block. */
export const places = { ready: 0, asked: 1, answered: 2, work: 3 } as const

export interface Control {
  flags: Int32Array
  args: Float64Array
  /** One number. */
  result: Float64Array
}

/** @param byte where the block begins */
export function openControl(buffer: ArrayBufferLike, byte: number): Control {
  return {
    flags: new Int32Array(buffer, byte, 4),
    args: new Float64Array(buffer, byte + 16, mostArguments),
    result: new Float64Array(buffer, byte + 16 + 8 * mostArguments, 1),
  }
}

/** Sleeps until the flag is no longer `value`, after a while of looking; answers what it is then. */
export function whileEqual(flags: Int32Array, place: number, value: number): number {
  for (let spin = 0; spin < spins; spin++) {
    const found = Atomics.load(flags, place)
    if (found !== value) return found
  }
  for (;;) {
    Atomics.wait(flags, place, value)
    const found = Atomics.load(flags, place)
    if (found !== value) return found
  }
}
