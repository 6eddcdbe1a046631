/**
 * Thrift's compact protocol, in which Parquet writes its footer and page headers: read into plain values and written
 * back, byte for byte, whatever the fields mean.
 */
import { readVarint, readZigzag } from './varints.ts'

/** A struct's fields by their numbers, in the order they stand. */
export type ThriftStruct = Map<number, ThriftValue>

export type ThriftValue =
  | { kind: 'bool'; value: boolean }
  /** `type` 3 to 6: 8, 16, 32 and 64 bits. */
  | { kind: 'int'; type: number; value: bigint }
  | { kind: 'double'; bytes: Uint8Array }
  | { kind: 'binary'; bytes: Uint8Array }
  /** `type` 9 for a list, 10 for a set. */
  | { kind: 'list'; type: number; element: number; values: ThriftValue[] }
  | { kind: 'map'; key: number; element: number; entries: [ThriftValue, ThriftValue][] }
  | { kind: 'struct'; fields: ThriftStruct }

const types = {
  true: 1,
  false: 2,
  byte: 3,
  i64: 6,
  double: 7,
  binary: 8,
  list: 9,
  set: 10,
  map: 11,
  struct: 12,
}
/** Parquet's own structs are nested ten deep at most. */
const deepest = 64

/** @throws RangeError where the bytes end too soon or are no struct */
export function readThrift(bytes: Uint8Array): ThriftStruct {
  return readThriftAt(bytes, 0).struct
}

/**
 * A struct among other bytes.
 *
 * @returns the struct, and where the bytes behind it begin
 * @throws RangeError where the bytes end too soon or are no struct
 */
export function readThriftAt(bytes: Uint8Array, start: number): { struct: ThriftStruct; end: number } {
  let at = start
  const byte = (): number => {
    const value = bytes[at++]
    if (value === undefined) throw new RangeError('It ends in the middle.')
    return value
  }
  const varint = () => readVarint(byte)
  const zigzag = () => readZigzag(byte)
  const taken = (length: number): Uint8Array => {
    if (at + length > bytes.length) throw new RangeError('It ends in the middle.')
    at += length
    return bytes.subarray(at - length, at)
  }
  const count = (size: bigint): number => {
    if (size > bytes.length - at) throw new RangeError('It ends in the middle.')
    return Number(size)
  }
  const value = (type: number, depth: number, inField: boolean): ThriftValue => {
    if (depth > deepest) throw new RangeError('It is nested too deep.')
    if (type === types.true || type === types.false) {
      return { kind: 'bool', value: (inField ? type : byte()) === types.true }
    }
    if (type === types.byte) return { kind: 'int', type, value: BigInt(byte()) }
    if (type > types.byte && type <= types.i64) return { kind: 'int', type, value: zigzag() }
    if (type === types.double) return { kind: 'double', bytes: taken(8) }
    if (type === types.binary) return { kind: 'binary', bytes: taken(count(varint())) }
    if (type === types.list || type === types.set) {
      const head = byte()
      const size = head >> 4 === 15 ? count(varint()) : head >> 4
      const element = head & 15
      return {
        kind: 'list',
        type,
        element,
        values: Array.from({ length: size }, () => value(element, depth + 1, false)),
      }
    }
    if (type === types.map) {
      const size = count(varint())
      const head = size === 0 ? 0 : byte()
      const [key, element] = [head >> 4, head & 15]
      const entries = Array.from({ length: size }, (): [ThriftValue, ThriftValue] => [
        value(key, depth + 1, false),
        value(element, depth + 1, false),
      ])
      return { kind: 'map', key, element, entries }
    }
    if (type === types.struct) return { kind: 'struct', fields: struct(depth + 1) }
    throw new RangeError(`There is no type ${type}.`)
  }
  const struct = (depth: number): ThriftStruct => {
    const fields: ThriftStruct = new Map()
    let id = 0
    for (;;) {
      const head = byte()
      if (head === 0) return fields
      id = head >> 4 === 0 ? Number(zigzag()) : id + (head >> 4)
      fields.set(id, value(head & 15, depth, true))
    }
  }
  return { struct: struct(0), end: at }
}

function typeOf(value: ThriftValue): number {
  switch (value.kind) {
    case 'bool':
      return value.value ? types.true : types.false
    case 'int':
    case 'list':
      return value.type
    case 'double':
      return types.double
    case 'binary':
      return types.binary
    case 'map':
      return types.map
    case 'struct':
      return types.struct
  }
}

export function writeThrift(struct: ThriftStruct): Buffer {
  const parts: (number | Uint8Array)[] = []
  const varint = (value: bigint) => {
    let rest = value
    for (; rest > 127n; rest >>= 7n) parts.push(Number(rest & 127n) | 128)
    parts.push(Number(rest))
  }
  const zigzag = (value: bigint) => varint(BigInt.asUintN(64, (value << 1n) ^ (value >> 63n)))
  const write = (value: ThriftValue, inField: boolean) => {
    switch (value.kind) {
      case 'bool':
        if (!inField) parts.push(typeOf(value))
        return
      case 'int':
        if (value.type === types.byte) parts.push(Number(value.value))
        else zigzag(value.value)
        return
      case 'double':
        parts.push(value.bytes)
        return
      case 'binary':
        varint(BigInt(value.bytes.length))
        parts.push(value.bytes)
        return
      case 'list': {
        const size = value.values.length
        parts.push((Math.min(size, 15) << 4) | value.element)
        if (size >= 15) varint(BigInt(size))
        for (const one of value.values) write(one, false)
        return
      }
      case 'map':
        varint(BigInt(value.entries.length))
        if (value.entries.length > 0) parts.push((value.key << 4) | value.element)
        for (const [key, one] of value.entries) {
          write(key, false)
          write(one, false)
        }
        return
      case 'struct':
        writeStruct(value.fields)
    }
  }
  const writeStruct = (fields: ThriftStruct) => {
    let last = 0
    for (const [id, value] of fields) {
      const delta = id - last
      if (delta > 0 && delta < 16) parts.push((delta << 4) | typeOf(value))
      else {
        parts.push(typeOf(value))
        zigzag(BigInt(id))
      }
      last = id
      write(value, true)
    }
    parts.push(0)
  }
  writeStruct(struct)
  const bytes = Buffer.alloc(
    parts.reduce<number>((sum, part) => sum + (typeof part === 'number' ? 1 : part.length), 0),
  )
  let at = 0
  for (const part of parts) {
    if (typeof part === 'number') bytes[at++] = part
    else {
      bytes.set(part, at)
      at += part.length
    }
  }
  return bytes
}

export const thriftInt = (value: number | bigint, type: 4 | 5 | 6 = 5): ThriftValue => ({
  kind: 'int',
  type,
  value: BigInt(value),
})
export const thriftText = (text: string): ThriftValue => ({ kind: 'binary', bytes: Buffer.from(text) })
export const thriftStruct = (fields: readonly (readonly [number, ThriftValue])[]): ThriftValue => ({
  kind: 'struct',
  fields: new Map(fields),
})
export const thriftList = (element: number, values: ThriftValue[]): ThriftValue => ({
  kind: 'list',
  type: types.list,
  element,
  values,
})
export const thriftTypes = types
