/** As much of protobuf's wire format as it takes to find one's way through an ONNX file, and to leave parts of it out. */

export type WireField =
  /** Numbers beyond 2^63 stand for negative ones; those come as they are meant. */
  | { readonly number: number; readonly kind: 'varint'; readonly value: bigint; readonly raw: Uint8Array }
  | { readonly number: number; readonly kind: 'bytes'; readonly value: Uint8Array; readonly raw: Uint8Array }
  /** Eight or four bytes, little-endian. */
  | { readonly number: number; readonly kind: 'fixed'; readonly value: Uint8Array; readonly raw: Uint8Array }

class Damaged extends Error {
  constructor(what: string) {
    super(`no protobuf message: ${what}`)
  }
}

/** Reads a varint, which has ten bytes at most. */
function varint(bytes: Uint8Array, at: number): { value: bigint; next: number } {
  let value = 0n
  for (let i = 0; i < 10; i++) {
    const byte = bytes[at + i]
    if (byte === undefined) throw new Damaged('it ends within a number')
    value |= BigInt(byte & 0x7f) << BigInt(7 * i)
    if (byte < 0x80) return { value: BigInt.asIntN(64, value), next: at + i + 1 }
  }
  throw new Damaged('a number has no end')
}

/** The fields of a message in the order of the file; views of `bytes`, nothing is copied. @throws Error when damaged */
export function* fieldsOf(bytes: Uint8Array): Generator<WireField> {
  let at = 0
  while (at < bytes.length) {
    const start = at
    const tag = varint(bytes, at)
    at = tag.next
    const number = Number(tag.value >> 3n)
    if (number < 1) throw new Damaged(`it has a field ${number}`)
    const wire = Number(tag.value & 7n)
    if (wire === 0) {
      const { value, next } = varint(bytes, at)
      at = next
      yield { number, kind: 'varint', value, raw: bytes.subarray(start, at) }
      continue
    }
    let length = wire === 1 ? 8 : wire === 5 ? 4 : -1
    if (wire === 2) {
      const found = varint(bytes, at)
      at = found.next
      length = Number(found.value)
    }
    if (length < 0) throw new Damaged(`a field is of the unknown kind ${wire}`)
    if (at + length > bytes.length) throw new Damaged('it ends within a field')
    const value = bytes.subarray(at, at + length)
    at += length
    yield { number, kind: wire === 2 ? 'bytes' : 'fixed', value, raw: bytes.subarray(start, at) }
  }
}

/** Packed numbers of a repeated integer field. */
export function packedVarints(bytes: Uint8Array): bigint[] {
  const values: bigint[] = []
  let at = 0
  while (at < bytes.length) {
    const { value, next } = varint(bytes, at)
    values.push(value)
    at = next
  }
  return values
}

function varintBytes(value: number): number[] {
  const bytes: number[] = []
  let rest = value
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) | 0x80)
    rest = Math.floor(rest / 0x80)
  }
  bytes.push(rest)
  return bytes
}

/** A field that holds bytes: a text, a message or packed numbers. */
export function bytesField(number: number, value: Uint8Array): Uint8Array {
  const head = [...varintBytes(number * 8 + 2), ...varintBytes(value.length)]
  const field = new Uint8Array(head.length + value.length)
  field.set(head)
  field.set(value, head.length)
  return field
}

/** @param value a whole number of 0 to 2^53 */
export function varintField(number: number, value: number): Uint8Array {
  return Uint8Array.from([...varintBytes(number * 8), ...varintBytes(value)])
}

export function concatenated(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}

/** A field's bytes as the UTF-8 text they are. @throws Error for other bytes */
export function textOf(bytes: Uint8Array): string {
  let escaped = ''
  for (const byte of bytes) {
    escaped +=
      byte < 0x80 && byte !== 0x25 ? String.fromCharCode(byte) : `%${byte.toString(16).padStart(2, '0')}`
  }
  try {
    return decodeURIComponent(escaped)
  } catch {
    throw new Damaged('a text is not in UTF-8')
  }
}
