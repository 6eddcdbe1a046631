/** Just enough of WebAssembly's binary format to write a kernel's functions instruction by instruction. */

type Bytes = readonly number[]

export const valueTypes = { i32: 0x7f, f32: 0x7d, v128: 0x7b } as const
export type ValueType = keyof typeof valueTypes

export interface WasmFunction {
  name: string
  params: readonly ValueType[]
  result?: ValueType
  locals: readonly ValueType[]
  /** Instructions, without the closing `end`. */
  body: Bytes
}

function unsigned(value: number): number[] {
  const bytes: number[] = []
  let left = value
  do {
    const low = left % 128
    left = Math.floor(left / 128)
    bytes.push(left > 0 ? low | 0x80 : low)
  } while (left > 0)
  return bytes
}

function signed(value: number): number[] {
  const bytes: number[] = []
  let left = value | 0
  for (;;) {
    const low = left & 0x7f
    left >>= 7
    if ((left === 0 && (low & 0x40) === 0) || (left === -1 && (low & 0x40) !== 0)) return [...bytes, low]
    bytes.push(low | 0x80)
  }
}

const text = (value: string): number[] => [
  ...unsigned(value.length),
  ...Array.from(value, (c) => c.charCodeAt(0)),
]
const vector = (items: readonly Bytes[]): number[] => [...unsigned(items.length), ...items.flat()]
const sized = (bytes: Bytes): number[] => [...unsigned(bytes.length), ...bytes]
const section = (id: number, content: Bytes): number[] => [id, ...sized(content)]
const memoryPlace = (alignment: number, offset: number): number[] => [alignment, ...unsigned(offset)]
const simd = (code: number): number[] => [0xfd, ...unsigned(code)]

/** Instructions by WebAssembly's own names; an operand is what the instruction carries, not what is on the stack. */
export const wasm = {
  get: (local: number) => [0x20, ...unsigned(local)],
  set: (local: number) => [0x21, ...unsigned(local)],
  tee: (local: number) => [0x22, ...unsigned(local)],
  i32: (value: number) => [0x41, ...signed(value)],
  i32Add: [0x6a],
  i32Sub: [0x6b],
  i32Mul: [0x6c],
  i32And: [0x71],
  i32Or: [0x72],
  i32Shl: [0x74],
  i32ShrUnsigned: [0x76],
  i32LessUnsigned: [0x49],
  i32Load: (offset = 0) => [0x28, ...memoryPlace(2, offset)],
  i32LoadByte: (offset = 0) => [0x2d, ...memoryPlace(0, offset)],
  i32Store: (offset = 0) => [0x36, ...memoryPlace(2, offset)],
  f32Load: (offset = 0) => [0x2a, ...memoryPlace(2, offset)],
  f32Store: (offset = 0) => [0x38, ...memoryPlace(2, offset)],
  f32NotEqual: [0x5c],
  f32AtLeast: [0x60],
  f32Add: [0x92],
  v128Load: (offset = 0) => [...simd(0), ...memoryPlace(4, offset)],
  v128Store: (offset = 0) => [...simd(11), ...memoryPlace(4, offset)],
  v128LoadLow: (offset = 0) => [...simd(93), ...memoryPlace(3, offset)],
  promoteLow: simd(95),
  v128LoadSplat: (offset = 0) => [...simd(9), ...memoryPlace(2, offset)],
  v128LoadSplat64: (offset = 0) => [...simd(10), ...memoryPlace(3, offset)],
  v128And: simd(78),
  f32: (value: number) => [0x43, ...new Uint8Array(Float32Array.of(value).buffer)],
  f32x4Splat: simd(19),
  f32x4Greater: simd(68),
  f32x4Sqrt: simd(227),
  f32x4Add: simd(228),
  f32x4Sub: simd(229),
  f32x4Mul: simd(230),
  f32x4Div: simd(231),
  f32x4Max: simd(233),
  /** first × second + third, rounded once or twice as the processor does it faster. */
  f32x4MulAdd: simd(261),
  f64x2Add: simd(240),
  f64x2Sub: simd(241),
  f64x2Mul: simd(242),
  /** local += value, which leaves an i32 on the stack. */
  addTo: (local: number, ...value: Bytes) => [
    ...[0x20, ...unsigned(local), ...value, 0x6a, 0x21, ...unsigned(local)],
  ],
  /** Of target, source and bytes; they may overlap. */
  memoryCopy: [0xfc, ...unsigned(10), 0x00, 0x00],
  /** Runs `body`, and again for as long as `condition` leaves something else than 0. */
  repeatWhile: (body: Bytes, condition: Bytes): number[] => [
    ...[0x03, 0x40, ...body, ...condition],
    ...[0x0d, 0x00, 0x0b],
  ],
  /** Runs `body` for as long as local `pointer` is below local `end`. */
  whileBelow: (pointer: number, end: number, body: Bytes): number[] => [
    ...[0x03, 0x40, 0x20, ...unsigned(pointer), 0x20, ...unsigned(end), 0x49, 0x04, 0x40],
    ...body,
    ...[0x0c, 0x01, 0x0b, 0x0b],
  ],
}

/**
 * A module of these functions, all exported, over the imported memory `memory.shared`: shared between threads and of
 * `pages` pages of 64 KiB, or one thread's own and of any size.
 */
function wasmModule(functions: readonly WasmFunction[], pages: number | 'any'): Uint8Array<ArrayBuffer> {
  const types = functions.map(({ params, result }) => [
    0x60,
    ...vector(params.map((type) => [valueTypes[type]])),
    ...vector(result ? [[valueTypes[result]]] : []),
  ])
  const limits = pages === 'any' ? [0x00, 0x00] : [0x03, ...unsigned(pages), ...unsigned(pages)]
  const memory = [...text('memory'), ...text('shared'), 0x02, ...limits]
  const codes = functions.map(({ locals, body }) =>
    sized([...vector(locals.map((type) => [1, valueTypes[type]])), ...body, 0x0b]),
  )
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, vector(types)),
    ...section(2, vector([memory])),
    ...section(3, vector(functions.map((_, i) => unsigned(i)))),
    ...section(7, vector(functions.map(({ name }, i) => [...text(name), 0x00, ...unsigned(i)]))),
    ...section(10, vector(codes)),
  ])
}

/** Shared with every thread it is posted to. */
export interface WasmMemory {
  readonly buffer: SharedArrayBuffer
}
/** One thread's own. */
export interface OwnWasmMemory {
  readonly buffer: ArrayBuffer
}
/** Compiled code; it may be posted to other threads. */
export type WasmCode = object
export type WasmCall = (...values: number[]) => number

interface WasmPlatform {
  Memory: {
    new (descriptor: { initial: number; maximum: number; shared: true }): WasmMemory
    new (descriptor: { initial: number }): OwnWasmMemory
  }
  Module: new (bytes: Uint8Array<ArrayBuffer>) => WasmCode
  Instance: new (
    code: WasmCode,
    imports: Record<string, Record<string, WasmMemory | OwnWasmMemory>>,
  ) => { readonly exports: Record<string, WasmCall> }
}

// Node has it, but its types do not say so without those of the DOM.
const platform: WasmPlatform = Reflect.get(globalThis, 'WebAssembly')

export const pageBytes = 65_536

/** @throws RangeError where there is not that much memory */
export function allocateWasmMemory(pages: number): WasmMemory {
  return new platform.Memory({ initial: pages, maximum: pages, shared: true })
}

/** @throws RangeError where there is not that much memory */
export function allocateOwnMemory(bytes: number): OwnWasmMemory {
  return new platform.Memory({ initial: Math.ceil(bytes / pageBytes) })
}

/** @param pages of the shared memory that the code is opened over, or `any` for one thread's own */
export function compileWasm(functions: readonly WasmFunction[], pages: number | 'any'): WasmCode {
  return new platform.Module(wasmModule(functions, pages))
}

/** The functions of compiled code over a memory, by name. */
export function openWasm(code: WasmCode, memory: WasmMemory | OwnWasmMemory): Record<string, WasmCall> {
  return new platform.Instance(code, { memory: { shared: memory } }).exports
}
