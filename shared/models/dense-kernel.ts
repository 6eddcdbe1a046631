/**
 * HOT LOOP: the products of dense layers, for scoring (benchmark: bench/scoring.ts).
 *
 * WebAssembly SIMD with float64 sums: every sum runs over the inputs in their order and is rounded after each product
 * and each addition, as the same loop in JavaScript would be, so a row has the same bits alone and among others.
 */
import { compileWasm, type OwnWasmMemory, openWasm, type WasmCall, type WasmFunction, wasm } from '../wasm.ts'

/** Outputs of a layer are padded to a multiple of this. */
export const columnBlock = 8
/** Rows that `multiplyFour` takes at a time. */
export const rowBlock = 4

/**
 * c = a · b + start. Pointers and strides are bytes; a, c and start are float64 and row-major, b is float32 and
 * row-major, padded to `columnBlock` columns. `end` is that of the row of b at 0: where its columns end.
 */
type Multiply = (
  a: number,
  aRow: number,
  depth: number,
  b: number,
  bRow: number,
  end: number,
  c: number,
  cRow: number,
  rows: number,
  start: number,
) => void

export interface DenseKernel {
  multiplyOne: Multiply
  /** `rows` is a multiple of `rowBlock`. */
  multiplyFour: Multiply
}

const { get, set, i32, addTo } = wasm

/** Keeps the sums of `rows` rows and `2 · pairs` columns in registers. */
function multiplyFunction(name: string, rows: number, pairs: number): WasmFunction {
  const [a, aRow, depth, b, bRow, end, c, cRow, count, start] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]
  const [aNow, bNow, bEnd, cNow, cEnd, cAt, at] = [10, 11, 12, 13, 14, 15, 16]
  const pointers = Array.from({ length: rows }, (_, r) => 17 + r)
  const firstVector = 17 + rows
  const weights = Array.from({ length: pairs }, (_, p) => firstVector + p)
  const spread = firstVector + pairs
  const sum = (r: number, p: number) => spread + 1 + r * pairs + p
  const each = (body: (r: number, p: number) => readonly number[]) =>
    pointers.flatMap((_, r) => weights.flatMap((_, p) => body(r, p)))
  const inner = [
    ...weights.flatMap((weight, p) => [
      ...[...get(bNow), ...wasm.v128LoadLow(8 * p), ...wasm.promoteLow, ...set(weight)],
    ]),
    ...pointers.flatMap((pointer, r) => [
      ...[...get(pointer), ...wasm.v128LoadSplat64(), ...set(spread)],
      ...weights.flatMap((weight, p) => [
        ...[...get(sum(r, p)), ...get(spread), ...get(weight), ...wasm.f64x2Mul, ...wasm.f64x2Add],
        ...set(sum(r, p)),
      ]),
      ...addTo(pointer, ...i32(8)),
    ]),
    ...addTo(bNow, ...get(bRow)),
  ]
  const someRows = [
    ...pointers.flatMap((pointer, r) => [
      ...[...get(aNow), ...get(aRow), ...i32(r), ...wasm.i32Mul, ...wasm.i32Add, ...set(pointer)],
    ]),
    ...each((r, p) => [...get(start), ...wasm.v128Load(16 * p), ...set(sum(r, p))]),
    ...[...get(b), ...set(bNow), ...wasm.whileBelow(bNow, bEnd, inner)],
    ...[...get(cNow), ...set(cAt)],
    ...pointers.flatMap((_, r) => [
      ...weights.flatMap((_, p) => [...get(cAt), ...get(sum(r, p)), ...wasm.v128Store(16 * p)]),
      ...addTo(cAt, ...get(cRow)),
    ]),
    ...[...get(cAt), ...set(cNow)],
    ...addTo(aNow, ...get(aRow), ...i32(rows), ...wasm.i32Mul),
  ]
  const panel = [
    ...[...get(a), ...set(aNow), ...get(c), ...set(cNow)],
    ...[...get(c), ...get(count), ...get(cRow), ...wasm.i32Mul, ...wasm.i32Add, ...set(cEnd)],
    ...[...get(b), ...get(depth), ...get(bRow), ...wasm.i32Mul, ...wasm.i32Add, ...set(bEnd)],
    ...wasm.whileBelow(cNow, cEnd, someRows),
    ...[...addTo(b, ...i32(8 * pairs)), ...addTo(c, ...i32(16 * pairs)), ...addTo(start, ...i32(16 * pairs))],
    ...[...get(b), ...set(at)],
  ]
  return {
    name,
    params: new Array<'i32'>(10).fill('i32'),
    locals: [
      ...new Array<'i32'>(7 + rows).fill('i32'),
      ...new Array<'v128'>(pairs + 1 + rows * pairs).fill('v128'),
    ],
    body: [...get(b), ...set(at), ...wasm.whileBelow(at, end, panel)],
  }
}

// Once for all models: the code does not depend on them.
const code = compileWasm(
  [multiplyFunction('multiplyOne', 1, 4), multiplyFunction('multiplyFour', rowBlock, 2)],
  'any',
)

export function openDenseKernel(memory: OwnWasmMemory): DenseKernel {
  const opened = openWasm(code, memory)
  const named = (name: string): WasmCall => {
    const found = opened[name]
    if (!found) throw new Error(`The kernel has no function ${name}.`)
    return found
  }
  return { multiplyOne: named('multiplyOne'), multiplyFour: named('multiplyFour') }
}
