/**
 * A number of seven bits a byte, the lowest first, as Thrift and Parquet's differences have them.
 *
 * @param byte gives the next one
 * @throws RangeError where it takes more than ten bytes
 */
export function readVarint(byte: () => number): bigint {
  let value = 0n
  for (let shift = 0n; shift < 70n; shift += 7n) {
    const part = byte()
    value |= BigInt(part & 127) << shift
    if (part < 128) return value
  }
  throw new RangeError('A number is too long.')
}

/** The same of a number with a sign, which is its lowest bit. */
export function readZigzag(byte: () => number): bigint {
  const value = readVarint(byte)
  return (value >> 1n) ^ -(value & 1n)
}
