/** Catches runs, widths and places in the middle of a byte at which numbers would be read wrongly. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRunLengths } from './run-lengths.ts'

type Run = { packed: number[] } | { value: number; times: number }

function varint(value: number): number[] {
  const bytes: number[] = []
  let rest = value
  for (; rest > 127; rest >>>= 7) bytes.push((rest & 127) | 128)
  return [...bytes, rest]
}

/** By the letter of the format: `<length << 1 | packed>`, then the value or the bits, least significant first. */
function written(runs: readonly Run[], width: number): { bytes: Uint8Array; numbers: number[] } {
  const bytes: number[] = []
  const numbers: number[] = []
  for (const run of runs) {
    if ('packed' in run) {
      bytes.push(...varint(((run.packed.length / 8) << 1) | 1))
      const bits = run.packed.flatMap((value) => Array.from({ length: width }, (_, b) => (value >>> b) & 1))
      for (let at = 0; at < bits.length; at += 8) {
        bytes.push(bits.slice(at, at + 8).reduce((byte, bit, b) => byte | (bit << b), 0))
      }
      numbers.push(...run.packed)
    } else {
      bytes.push(...varint(run.times << 1))
      for (let b = 0; b < Math.ceil(width / 8); b++) bytes.push((run.value >>> (8 * b)) & 255)
      for (let i = 0; i < run.times; i++) numbers.push(run.value)
    }
  }
  return { bytes: Uint8Array.from(bytes), numbers }
}

const cases = fc.integer({ min: 0, max: 32 }).chain((width) => {
  const value = fc.integer({ min: 0, max: 2 ** width - 1 }).map((one) => one | 0)
  const eights = fc.integer({ min: 1, max: 5 })
  const run: fc.Arbitrary<Run> = fc.oneof(
    eights
      .chain((count) => fc.array(value, { minLength: count * 8, maxLength: count * 8 }))
      .map((packed) => ({ packed })),
    fc.record({ value, times: fc.integer({ min: 0, max: 300 }) }),
  )
  return fc.record({
    width: fc.constant(width),
    runs: fc.array(run, { minLength: 1, maxLength: 6 }),
    parts: fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 10 }),
  })
})

describe('run lengths', () => {
  it('are read as they were written, in parts of any length', () => {
    fc.assert(
      fc.property(cases, ({ width, runs, parts }) => {
        const { bytes, numbers } = written(runs, width)
        const found = new Int32Array(numbers.length)
        const reader = createRunLengths(bytes, width)
        for (let at = 0, p = 0; at < numbers.length; p++) {
          const part = Math.min(parts[p % parts.length] ?? 1, numbers.length - at)
          reader.read(found, at, part)
          at += part
        }
        expect([...found]).toEqual(numbers)
      }),
    )
  })

  it('are refused where they end too soon', () => {
    const { bytes } = written([{ packed: [1, 2, 3, 4, 5, 6, 7, 0] }], 3)
    const read = (some: Uint8Array, count: number) =>
      createRunLengths(some, 3).read(new Int32Array(16), 0, count)
    expect(() => read(bytes, 8)).not.toThrow()
    expect(() => read(bytes, 9)).toThrow(RangeError)
    expect(() => read(bytes.subarray(0, 3), 8)).toThrow(RangeError)
    expect(() => read(Uint8Array.of(255, 255, 255, 255, 255, 255), 1)).toThrow(RangeError)
  })
})
