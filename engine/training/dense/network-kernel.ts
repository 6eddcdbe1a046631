/**
 * HOT LOOP: products, activations and optimiser steps of dense networks (benchmark: bench/mlp.ts).
 *
 * WebAssembly SIMD over padded float32 matrices: columns in eights, rows in fours, so that a product keeps four by
 * eight sums in registers and there are no edges to handle.
 */

import {
  compileWasm,
  openWasm,
  type WasmCode,
  type WasmFunction,
  type WasmMemory,
  wasm,
} from '../../../shared/wasm.ts'
import { handOverKernel } from '../keep-compiled.ts'

/** Pointers and strides are bytes. */
export interface NetworkKernel {
  /**
   * c = a · b + start, where row m of a begins at `a + m · aRow` and its entries are `aStep` apart, b and c are
   * row-major and every row of c starts from the row at `start`. `rows` is a multiple of 4, the width in bytes of 32.
   */
  multiply(
    a: number,
    aRow: number,
    aStep: number,
    depth: number,
    b: number,
    bRow: number,
    c: number,
    cRow: number,
    rows: number,
    widthBytes: number,
    start: number,
  ): void
  /** out = sums of the columns of `rows … end`. */
  columnSums(rows: number, end: number, row: number, out: number): void
  relu(values: number, end: number): void
  /** Zeroes the gradient where the activation is not above zero. */
  reluBack(gradient: number, end: number, activation: number): void
  /** values *= others */
  scale(values: number, end: number, others: number): void
  /** Kingma and Ba, 2015, both moments already corrected within `rate`; adds `decay · weight` to the gradient. */
  adam(
    weights: number,
    end: number,
    gradient: number,
    first: number,
    second: number,
    rate: number,
    decay: number,
    epsilon: number,
  ): void
  /** velocity = momentum · velocity + gradient + decay · weight; weight −= rate · velocity */
  descend(
    weights: number,
    end: number,
    gradient: number,
    velocity: number,
    rate: number,
    decay: number,
    momentum: number,
  ): void
}

const { get, set, i32, addTo } = wasm
const beta1 = 0.9
const beta2 = 0.999

function multiplyFunction(): WasmFunction {
  const [a, aRow, aStep, depth, b, bRow, c, cRow, rows, width, start] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]
  const [columnEnd, aNow, cNow, cEnd, bNow, bEnd, a0, a1, a2, a3] = [11, 12, 13, 14, 15, 16, 17, 18, 19, 20]
  const b0 = 21
  const b1 = 22
  const spread = 23
  const sums = [24, 25, 26, 27, 28, 29, 30, 31]
  const rowPointers = [a0, a1, a2, a3]
  const inner = [
    ...[...get(bNow), ...wasm.v128Load(0), ...set(b0), ...get(bNow), ...wasm.v128Load(16), ...set(b1)],
    ...rowPointers.flatMap((pointer, r) => [
      ...[...get(pointer), ...wasm.v128LoadSplat(), ...set(spread)],
      ...[...get(spread), ...get(b0), ...get(sums[2 * r]!), ...wasm.f32x4MulAdd, ...set(sums[2 * r]!)],
      ...[
        ...get(spread),
        ...get(b1),
        ...get(sums[2 * r + 1]!),
        ...wasm.f32x4MulAdd,
        ...set(sums[2 * r + 1]!),
      ],
      ...addTo(pointer, ...get(aStep)),
    ]),
    ...addTo(bNow, ...get(bRow)),
  ]
  const fourRows = [
    ...[...get(aNow), ...set(a0), ...get(a0), ...get(aRow), ...wasm.i32Add, ...set(a1)],
    ...[...get(a1), ...get(aRow), ...wasm.i32Add, ...set(a2), ...get(a2), ...get(aRow), ...wasm.i32Add],
    ...set(a3),
    ...sums.flatMap((sum, s) => [...get(start), ...wasm.v128Load((s % 2) * 16), ...set(sum)]),
    ...[...get(b), ...set(bNow), ...wasm.whileBelow(bNow, bEnd, inner)],
    ...[0, 1, 2, 3].flatMap((r) => [
      ...[...get(cNow), ...get(sums[2 * r]!), ...wasm.v128Store(0)],
      ...[...get(cNow), ...get(sums[2 * r + 1]!), ...wasm.v128Store(16)],
      ...addTo(cNow, ...get(cRow)),
    ]),
    ...addTo(aNow, ...get(aRow), ...i32(2), ...wasm.i32Shl),
  ]
  const panel = [
    ...[...get(a), ...set(aNow), ...get(c), ...set(cNow)],
    ...[...get(c), ...get(rows), ...get(cRow), ...wasm.i32Mul, ...wasm.i32Add, ...set(cEnd)],
    ...[...get(b), ...get(depth), ...get(bRow), ...wasm.i32Mul, ...wasm.i32Add, ...set(bEnd)],
    ...wasm.whileBelow(cNow, cEnd, fourRows),
    ...[...addTo(b, ...i32(32)), ...addTo(c, ...i32(32)), ...addTo(start, ...i32(32))],
  ]
  return {
    name: 'multiply',
    params: new Array<'i32'>(11).fill('i32'),
    locals: [...new Array<'i32'>(10).fill('i32'), ...new Array<'v128'>(11).fill('v128')],
    body: [
      ...[...get(c), ...get(width), ...wasm.i32Add, ...set(columnEnd)],
      ...wasm.whileBelow(c, columnEnd, panel),
    ],
  }
}

function columnSumsFunction(): WasmFunction {
  const [rows, end, row, out, rowEnd, at, sum] = [0, 1, 2, 3, 4, 5, 6]
  const add = [
    ...[...get(sum), ...get(at), ...wasm.v128Load(), ...wasm.f32x4Add, ...set(sum)],
    ...addTo(at, ...get(row)),
  ]
  const body = [
    ...[...wasm.f32(0), ...wasm.f32x4Splat, ...set(sum), ...get(rows), ...set(at)],
    ...wasm.whileBelow(at, end, add),
    ...[...get(out), ...get(sum), ...wasm.v128Store()],
    ...[...addTo(out, ...i32(16)), ...addTo(rows, ...i32(16))],
  ]
  return {
    name: 'columnSums',
    params: ['i32', 'i32', 'i32', 'i32'],
    locals: ['i32', 'i32', 'v128'],
    body: [
      ...[...get(rows), ...get(row), ...wasm.i32Add, ...set(rowEnd)],
      ...wasm.whileBelow(rows, rowEnd, body),
    ],
  }
}

/** A function that stores four values at a time at its first parameter, up to its second; others move along. */
function elementwise(
  name: string,
  pointers: number,
  scalars: number,
  value: (scalar: (index: number) => number[], held: number) => number[],
): WasmFunction {
  const scalar = (index: number) => [...get(pointers + 1 + index), ...wasm.f32x4Splat]
  const held = pointers + 1 + scalars
  const moves = [0, ...Array.from({ length: pointers - 1 }, (_, p) => p + 2)]
  return {
    name,
    params: [...new Array<'i32'>(pointers + 1).fill('i32'), ...new Array<'f32'>(scalars).fill('f32')],
    locals: ['v128'],
    body: wasm.whileBelow(0, 1, [
      ...value(scalar, held),
      ...moves.flatMap((pointer) => addTo(pointer, ...i32(16))),
    ]),
  }
}

const load = (pointer: number) => [...get(pointer), ...wasm.v128Load()]
const spread = (value: number) => [...wasm.f32(value), ...wasm.f32x4Splat]

const functions: readonly WasmFunction[] = [
  multiplyFunction(),
  columnSumsFunction(),
  elementwise('relu', 1, 0, () => [
    ...get(0),
    ...load(0),
    ...spread(0),
    ...wasm.f32x4Max,
    ...wasm.v128Store(),
  ]),
  elementwise('reluBack', 2, 0, () => [
    ...[...get(0), ...load(0), ...load(2), ...spread(0), ...wasm.f32x4Greater, ...wasm.v128And],
    ...wasm.v128Store(),
  ]),
  elementwise('scale', 2, 0, () => [
    ...get(0),
    ...load(0),
    ...load(2),
    ...wasm.f32x4Mul,
    ...wasm.v128Store(),
  ]),
  elementwise('adam', 4, 3, (scalar, gradient) => [
    ...[...load(2), ...scalar(1), ...load(0), ...wasm.f32x4Mul, ...wasm.f32x4Add, ...set(gradient)],
    ...[...get(3), ...load(3), ...spread(beta1), ...wasm.f32x4Mul, ...get(gradient), ...spread(1 - beta1)],
    ...[...wasm.f32x4Mul, ...wasm.f32x4Add, ...wasm.v128Store()],
    ...[...get(4), ...load(4), ...spread(beta2), ...wasm.f32x4Mul, ...get(gradient), ...get(gradient)],
    ...[...wasm.f32x4Mul, ...spread(1 - beta2), ...wasm.f32x4Mul, ...wasm.f32x4Add, ...wasm.v128Store()],
    ...[...get(0), ...load(0), ...scalar(0), ...load(3), ...wasm.f32x4Mul],
    ...[...load(4), ...wasm.f32x4Sqrt, ...scalar(2), ...wasm.f32x4Add, ...wasm.f32x4Div],
    ...[...wasm.f32x4Sub, ...wasm.v128Store()],
  ]),
  elementwise('descend', 3, 3, (scalar, velocity) => [
    ...[...load(3), ...scalar(2), ...wasm.f32x4Mul, ...load(2), ...wasm.f32x4Add],
    ...[...load(0), ...scalar(1), ...wasm.f32x4Mul, ...wasm.f32x4Add, ...set(velocity)],
    ...[...get(3), ...get(velocity), ...wasm.v128Store()],
    ...[...get(0), ...load(0), ...scalar(0), ...get(velocity), ...wasm.f32x4Mul, ...wasm.f32x4Sub],
    ...wasm.v128Store(),
  ]),
]

/** @param pages of the memory that it is opened over */
export function compileNetworkKernel(pages: number): WasmCode {
  const code = compileWasm(functions, pages)
  handOverKernel(code)
  return code
}

export function openNetworkKernel(code: WasmCode, memory: WasmMemory): NetworkKernel {
  const opened = openWasm(code, memory)
  const named = (name: string) => {
    const found = opened[name]
    if (!found) throw new Error(`The kernel has no function ${name}.`)
    return found
  }
  return {
    multiply: named('multiply'),
    columnSums: named('columnSums'),
    relu: named('relu'),
    reluBack: named('reluBack'),
    scale: named('scale'),
    adam: named('adam'),
    descend: named('descend'),
  }
}
