/**
 * Reads the FlatBuffers tables of Arrow's metadata. Every access goes through a DataView, which refuses what lies
 * outside the bytes, and vectors are measured before they are walked: a request body is never trusted.
 */
export interface FlatTable {
  /** `slot` counts the table's fields from 0. */
  byte(slot: number, otherwise: number): number
  short(slot: number, otherwise: number): number
  int(slot: number, otherwise: number): number
  /** @throws RangeError beyond the whole numbers that JavaScript has */
  long(slot: number, otherwise: number): number
  text(slot: number): string
  table(slot: number): FlatTable | null
  tables(slot: number): FlatTable[]
  /** A vector of structs of `size` bytes: where each begins. */
  structs(slot: number, size: number): number[]
}

/** A 64-bit integer that counts or locates something. */
export function readLong(view: DataView, at: number): number {
  const value = Number(view.getBigInt64(at, true))
  if (!Number.isSafeInteger(value)) throw new RangeError(`${value} is beyond the whole numbers.`)
  return value
}

export function flatTable(view: DataView, at: number): FlatTable {
  const vtable = at - view.getInt32(at, true)
  const size = view.getUint16(vtable, true)
  const place = (slot: number): number => {
    const entry = 4 + slot * 2
    const offset = entry + 2 <= size ? view.getUint16(vtable + entry, true) : 0
    return offset === 0 ? 0 : at + offset
  }
  const follow = (where: number): number => where + view.getUint32(where, true)
  const vector = (slot: number, width: number): { from: number; length: number } => {
    const where = place(slot)
    if (where === 0) return { from: 0, length: 0 }
    const begin = follow(where)
    const length = view.getUint32(begin, true)
    if (begin + 4 + length * width > view.byteLength) throw new RangeError('A vector ends beyond the bytes.')
    return { from: begin + 4, length }
  }
  return {
    byte: (slot, otherwise) => (place(slot) === 0 ? otherwise : view.getUint8(place(slot))),
    short: (slot, otherwise) => (place(slot) === 0 ? otherwise : view.getInt16(place(slot), true)),
    int: (slot, otherwise) => (place(slot) === 0 ? otherwise : view.getInt32(place(slot), true)),
    long: (slot, otherwise) => (place(slot) === 0 ? otherwise : readLong(view, place(slot))),
    text(slot) {
      const { from, length } = vector(slot, 1)
      return length === 0 ? '' : Buffer.from(view.buffer, view.byteOffset + from, length).toString()
    },
    table(slot) {
      const where = place(slot)
      return where === 0 ? null : flatTable(view, follow(where))
    },
    tables(slot) {
      const { from, length } = vector(slot, 4)
      return Array.from({ length }, (_, i) => flatTable(view, follow(from + i * 4)))
    },
    structs(slot, width) {
      const { from, length } = vector(slot, width)
      return Array.from({ length }, (_, i) => from + i * width)
    },
  }
}
