/** Catches a footer whose fields are lost or change their type or order on the way through. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readThrift, type ThriftStruct, type ThriftValue, writeThrift } from './compact-thrift.ts'

const bytes = fc.uint8Array({ maxLength: 20 })
const ints = fc.oneof(
  fc.record({
    kind: fc.constant('int' as const),
    type: fc.constantFrom(4, 5, 6),
    value: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  }),
  fc.record({
    kind: fc.constant('int' as const),
    type: fc.constant(3),
    value: fc.bigInt({ min: 0n, max: 255n }),
  }),
)
const plain: fc.Arbitrary<ThriftValue> = fc.oneof(
  fc.record({ kind: fc.constant('bool' as const), value: fc.boolean() }),
  ints,
  fc.record({ kind: fc.constant('double' as const), bytes: fc.uint8Array({ minLength: 8, maxLength: 8 }) }),
  fc.record({ kind: fc.constant('binary' as const), bytes }),
)
const fields = (value: fc.Arbitrary<ThriftValue>): fc.Arbitrary<ThriftStruct> =>
  fc
    .uniqueArray(fc.tuple(fc.integer({ min: -300, max: 300 }), value), {
      selector: ([id]) => id,
      maxLength: 6,
    })
    .map((entries) => new Map(entries))
const nested: fc.Arbitrary<ThriftValue> = fc.oneof(
  plain,
  fields(plain).map((inner): ThriftValue => ({ kind: 'struct', fields: inner })),
  fc.array(fields(plain), { maxLength: 20 }).map(
    (all): ThriftValue => ({
      kind: 'list',
      type: 9,
      element: 12,
      values: all.map((inner) => ({ kind: 'struct', fields: inner })),
    }),
  ),
  fc.array(fc.tuple(bytes, fc.boolean()), { maxLength: 4 }).map(
    (all): ThriftValue => ({
      kind: 'map',
      key: all.length === 0 ? 0 : 8,
      element: all.length === 0 ? 0 : 1,
      entries: all.map(([key, value]) => [
        { kind: 'binary', bytes: key },
        { kind: 'bool', value },
      ]),
    }),
  ),
)

describe("Thrift's compact protocol", () => {
  it('gives back every struct, and its bytes', () => {
    fc.assert(
      fc.property(fields(nested), (struct) => {
        const written = writeThrift(struct)
        const read = readThrift(new Uint8Array(written))
        expect(read).toEqual(struct)
        expect([...read.keys()]).toEqual([...struct.keys()])
        expect(writeThrift(read).equals(written)).toBe(true)
      }),
      { numRuns: 200 },
    )
  })

  it('writes what the specification shows', () => {
    // Field 1, i32 of −1; field 2, a list of two texts; field 20, false.
    const struct: ThriftStruct = new Map<number, ThriftValue>([
      [1, { kind: 'int', type: 5, value: -1n }],
      [
        2,
        {
          kind: 'list',
          type: 9,
          element: 8,
          values: [
            { kind: 'binary', bytes: Uint8Array.of(97) },
            { kind: 'binary', bytes: Uint8Array.of() },
          ],
        },
      ],
      [20, { kind: 'bool', value: false }],
    ])
    expect([...writeThrift(struct)]).toEqual([0x15, 1, 0x19, 0x28, 1, 97, 0, 2, 40, 0])
  })

  it('refuses bytes that end too soon or are nested without end, and never hangs', () => {
    expect(() => readThrift(Uint8Array.of(0x15))).toThrow('ends in the middle')
    expect(() => readThrift(new Uint8Array(1000).fill(0x1c))).toThrow('nested too deep')
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (any) => {
        try {
          readThrift(any)
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError)
        }
      }),
    )
  })
})
