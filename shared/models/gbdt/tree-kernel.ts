/**
 * HOT LOOP: the walk down a tree as WebAssembly (benchmark: bench/batch.ts), some twice as fast as the same in
 * JavaScript, which checks the bounds of every load:
 *
 *     walk(root, leaves, inputs, rowBytes, margins, marginBytes, end, steps)
 *
 * Eight rows at a time, from `margins` up to `end`, it takes `steps` steps from the node at `root` and adds the leaf it
 * then stands on to the row's margin. A leaf steps onto itself. Comparisons and sums are float32, as in the walk in
 * JavaScript, so the bits are the same.
 */
import { allocateOwnMemory, compileWasm, openWasm, type WasmFunction, wasm } from '../../wasm.ts'

/** Rows that are walked side by side, since each step of one waits for memory. */
export const kernelRows = 8
/**
 * A node's four words: its feature's place in a row in bytes, its threshold as a float, its left child's place, and 16
 * where a missing value goes to the right child, which lies behind the left one.
 */
export const nodeBytes = 16

type Walk = (
  root: number,
  leaves: number,
  inputs: number,
  rowBytes: number,
  margins: number,
  marginBytes: number,
  end: number,
  steps: number,
) => void

export interface TreeKernel {
  /** Of at least the bytes asked for; it never moves. */
  readonly memory: ArrayBuffer
  readonly walk: Walk
  /** The same of rows of which none lacks an input. */
  readonly walkWhole: Walk
}

const { get, set, tee, i32, i32Add, i32Shl, f32Load, repeatWhile } = wasm

/** @param missing whether inputs may be NaN */
function walkFunction(name: string, missing: boolean): WasmFunction {
  const [root, leaves, inputs, rowBytes, margins, marginBytes, end, steps, left] = [0, 1, 2, 3, 4, 5, 6, 7, 8]
  const node = (k: number) => 9 + k
  const row = (k: number) => 9 + kernelRows + k
  const x = 9 + 2 * kernelRows
  const rows = Array.from({ length: kernelRows }, (_, k) => k)
  const begin = (k: number) => [
    ...[...get(root), ...set(node(k))],
    ...[...get(inputs), ...tee(row(k)), ...get(rowBytes), ...i32Add, ...set(inputs)],
  ]
  // node = child + (16 where x is at least the threshold, or missing where x is NaN): no branch to mispredict.
  const step = (k: number) => [
    ...[...get(node(k)), ...wasm.i32Load(8)],
    ...[
      ...get(row(k)),
      ...get(node(k)),
      ...wasm.i32Load(0),
      ...i32Add,
      ...f32Load(),
      ...(missing ? tee(x) : []),
    ],
    ...[...get(node(k)), ...f32Load(4), ...wasm.f32AtLeast, ...i32(4), ...i32Shl],
    ...(missing ? [...get(x), ...get(x), ...wasm.f32NotEqual, ...i32(4), ...i32Shl] : []),
    ...(missing ? [...get(node(k)), ...wasm.i32Load(12), ...wasm.i32And, ...wasm.i32Or] : []),
    ...[...i32Add, ...set(node(k))],
  ]
  const finish = (k: number) => [
    ...[...get(margins), ...get(margins), ...f32Load()],
    ...[...get(leaves), ...get(node(k)), ...i32(2), ...wasm.i32ShrUnsigned, ...i32Add, ...f32Load()],
    ...[...wasm.f32Add, ...wasm.f32Store()],
    ...wasm.addTo(margins, ...get(marginBytes)),
  ]
  const down = repeatWhile(rows.flatMap(step), [...get(left), ...i32(-1), ...i32Add, ...tee(left)])
  const block = [...rows.flatMap(begin), ...get(steps), ...set(left), ...down, ...rows.flatMap(finish)]
  return {
    name,
    params: new Array<'i32'>(8).fill('i32'),
    locals: [...new Array<'i32'>(1 + 2 * kernelRows).fill('i32'), 'f32'],
    body: repeatWhile(block, [...get(margins), ...get(end), ...wasm.i32LessUnsigned]),
  }
}

// Once for all models: the code does not depend on them.
const code = compileWasm([walkFunction('walk', true), walkFunction('walkWhole', false)], 'any')

export function createTreeKernel(bytes: number): TreeKernel {
  const memory = allocateOwnMemory(bytes)
  const { walk, walkWhole } = openWasm(code, memory)
  if (!walk || !walkWhole) throw new Error('The kernel lacks a walk.')
  return { memory: memory.buffer, walk, walkWhole }
}
