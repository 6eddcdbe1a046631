/**
 * HOT LOOP: histograms, partition and leaf updates of boosted trees (benchmark: bench/gbdt.ts).
 *
 * WebAssembly rather than JavaScript: an update of a histogram is one load, one two-lane addition and one store,
 * with no bounds checks, and the places of the features' histograms are constants of the code, written for the data
 * at hand. Several features' updates follow one another for one row, so that runs of equal bins (one-hot columns)
 * do not wait for their own last store.
 */
import {
  compileWasm,
  openWasm,
  type WasmCall,
  type WasmCode,
  type WasmFunction,
  type WasmMemory,
  wasm,
} from '../../../shared/wasm.ts'

/** Features per function: more make long functions that take long to compile. */
const featuresPerFunction = 128

/** Pointers are byte offsets into the shared memory; `rows … end` is a run of int32 row numbers. */
export interface GbdtKernel {
  /** Adds each row's (gradient, hessian) to its bin in every feature's histogram of float64 pairs. */
  build(rows: number, end: number, bins: number, gradients: number, histogram: number): void
  /** The same for the features of a list of int32 pairs (feature, byte offset of its histogram). */
  buildSome(
    rows: number,
    end: number,
    bins: number,
    gradients: number,
    histogram: number,
    list: number,
    listEnd: number,
  ): void
  /** Splits rows in order: those whose bin has 1 in `goesLeft` to `left`, others to `right`; returns the end of the left ones. */
  partition(rows: number, end: number, column: number, goesLeft: number, left: number, right: number): number
  /** Adds `value` to the float32 of each row. */
  addToRows(rows: number, end: number, scores: number, value: number): void
  /** Copies bytes, which may overlap: on shared memory several times faster than the methods of typed arrays. */
  move(target: number, source: number, bytes: number): void
  /** target += other, and target -= other, over float64 pairs. */
  add(target: number, end: number, other: number): void
  subtract(target: number, end: number, other: number): void
}

const { get, set, i32 } = wasm

function buildFunction(name: string, width: number, offsets: readonly number[], from: number): WasmFunction {
  const [rows, end, bins, gradients, histogram, row, pair, at] = [0, 1, 2, 3, 4, 5, 6, 7]
  const updates: number[] = []
  for (let f = from; f < Math.min(from + featuresPerFunction, width); f++) {
    const offset = offsets[f]! * 16
    updates.push(
      ...[...get(row), ...wasm.i32LoadByte(f), ...i32(4), ...wasm.i32Shl, ...get(histogram), ...wasm.i32Add],
      ...[...set(at), ...get(at), ...get(at), ...wasm.v128Load(offset), ...get(pair), ...wasm.f64x2Add],
      ...wasm.v128Store(offset),
    )
  }
  const body = [
    ...[...get(gradients), ...get(rows), ...wasm.i32Load(), ...i32(3), ...wasm.i32Shl, ...wasm.i32Add],
    ...[...wasm.v128LoadLow(), ...wasm.promoteLow, ...set(pair)],
    ...[
      ...get(bins),
      ...get(rows),
      ...wasm.i32Load(),
      ...i32(width),
      ...wasm.i32Mul,
      ...wasm.i32Add,
      ...set(row),
    ],
    ...updates,
    ...[...get(rows), ...i32(4), ...wasm.i32Add, ...set(rows)],
  ]
  return {
    name,
    params: ['i32', 'i32', 'i32', 'i32', 'i32'],
    locals: ['i32', 'v128', 'i32'],
    body: wasm.whileBelow(rows, end, body),
  }
}

function buildSomeFunction(width: number): WasmFunction {
  const [rows, end, bins, gradients, histogram, list, listEnd, row, item, pair, at] = [
    0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10,
  ]
  const update = [
    ...[...get(row), ...get(item), ...wasm.i32Load(), ...wasm.i32Add, ...wasm.i32LoadByte(), ...i32(4)],
    ...[...wasm.i32Shl, ...get(histogram), ...wasm.i32Add, ...get(item), ...wasm.i32Load(4), ...wasm.i32Add],
    ...[...set(at), ...get(at), ...get(at), ...wasm.v128Load(), ...get(pair), ...wasm.f64x2Add],
    ...wasm.v128Store(),
    ...[...get(item), ...i32(8), ...wasm.i32Add, ...set(item)],
  ]
  const body = [
    ...[...get(gradients), ...get(rows), ...wasm.i32Load(), ...i32(3), ...wasm.i32Shl, ...wasm.i32Add],
    ...[...wasm.v128LoadLow(), ...wasm.promoteLow, ...set(pair)],
    ...[
      ...get(bins),
      ...get(rows),
      ...wasm.i32Load(),
      ...i32(width),
      ...wasm.i32Mul,
      ...wasm.i32Add,
      ...set(row),
    ],
    ...[...get(list), ...set(item), ...wasm.whileBelow(item, listEnd, update)],
    ...[...get(rows), ...i32(4), ...wasm.i32Add, ...set(rows)],
  ]
  return {
    name: 'buildSome',
    params: ['i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32'],
    locals: ['i32', 'i32', 'v128', 'i32'],
    body: wasm.whileBelow(rows, end, body),
  }
}

function partitionFunction(): WasmFunction {
  const [rows, end, column, goesLeft, left, right, row, step] = [0, 1, 2, 3, 4, 5, 6, 7]
  // Written to both sides; only the side it belongs to moves on, so there is no branch to mispredict.
  const body = [
    ...[...get(rows), ...wasm.i32Load(), ...set(row)],
    ...[...get(left), ...get(row), ...wasm.i32Store(), ...get(right), ...get(row), ...wasm.i32Store()],
    ...[...get(goesLeft), ...get(column), ...get(row), ...wasm.i32Add, ...wasm.i32LoadByte(), ...wasm.i32Add],
    ...[...wasm.i32LoadByte(), ...i32(2), ...wasm.i32Shl, ...set(step)],
    ...[...get(left), ...get(step), ...wasm.i32Add, ...set(left)],
    ...[...get(right), ...i32(4), ...wasm.i32Add, ...get(step), ...wasm.i32Sub, ...set(right)],
    ...[...get(rows), ...i32(4), ...wasm.i32Add, ...set(rows)],
  ]
  return {
    name: 'partition',
    params: ['i32', 'i32', 'i32', 'i32', 'i32', 'i32'],
    result: 'i32',
    locals: ['i32', 'i32'],
    body: [...wasm.whileBelow(rows, end, body), ...get(left)],
  }
}

function addToRowsFunction(): WasmFunction {
  const [rows, end, scores, value, at] = [0, 1, 2, 3, 4]
  const body = [
    ...[
      ...get(scores),
      ...get(rows),
      ...wasm.i32Load(),
      ...i32(2),
      ...wasm.i32Shl,
      ...wasm.i32Add,
      ...set(at),
    ],
    ...[...get(at), ...get(at), ...wasm.f32Load(), ...get(value), ...wasm.f32Add, ...wasm.f32Store()],
    ...[...get(rows), ...i32(4), ...wasm.i32Add, ...set(rows)],
  ]
  return {
    name: 'addToRows',
    params: ['i32', 'i32', 'i32', 'f32'],
    locals: ['i32'],
    body: wasm.whileBelow(rows, end, body),
  }
}

const moveFunction: WasmFunction = {
  name: 'move',
  params: ['i32', 'i32', 'i32'],
  locals: [],
  body: [...get(0), ...get(1), ...get(2), ...wasm.memoryCopy],
}

function combineFunction(name: string, operation: readonly number[]): WasmFunction {
  const [target, end, other] = [0, 1, 2]
  const body = [
    ...[...get(target), ...get(target), ...wasm.v128Load(), ...get(other), ...wasm.v128Load(), ...operation],
    ...wasm.v128Store(),
    ...[...get(target), ...i32(16), ...wasm.i32Add, ...set(target)],
    ...[...get(other), ...i32(16), ...wasm.i32Add, ...set(other)],
  ]
  return { name, params: ['i32', 'i32', 'i32'], locals: [], body: wasm.whileBelow(target, end, body) }
}

/** The kernel's code for `offsets.length` features whose histograms begin at pair `offsets[f]`. */
export function compileKernel(offsets: readonly number[], pages: number): WasmCode {
  const width = offsets.length
  const builders: WasmFunction[] = []
  for (let from = 0; from < width; from += featuresPerFunction) {
    builders.push(buildFunction(`build${builders.length}`, width, offsets, from))
  }
  const rest = [
    buildSomeFunction(width),
    partitionFunction(),
    addToRowsFunction(),
    moveFunction,
    combineFunction('add', wasm.f64x2Add),
    combineFunction('subtract', wasm.f64x2Sub),
  ]
  return compileWasm([...builders, ...rest], pages)
}

export function openKernel(code: WasmCode, memory: WasmMemory): GbdtKernel {
  const functions = openWasm(code, memory)
  const named = (name: string): WasmCall => {
    const found = functions[name]
    if (!found) throw new Error(`The kernel has no function ${name}.`)
    return found
  }
  const builders = Object.keys(functions)
    .filter((name) => /^build\d+$/.test(name))
    .map(named)
  return {
    build(rows, end, bins, gradients, histogram) {
      for (const build of builders) build(rows, end, bins, gradients, histogram)
    },
    buildSome: named('buildSome'),
    partition: named('partition'),
    addToRows: named('addToRows'),
    move: named('move'),
    add: named('add'),
    subtract: named('subtract'),
  }
}
