/**
 * HOT LOOP: the walk down a tree as WebAssembly (benchmark: bench/batch.ts), some twice as fast as the same in
 * JavaScript, which checks the bounds of every load. One function, put together here instruction by instruction:
 *
 *     walk(root, leaves, inputs, rowBytes, margins, marginBytes, end, steps)
 *
 * Eight rows at a time, from `margins` up to `end`, it takes `steps` steps from the node at `root` and adds the leaf it
 * then stands on to the row's margin. A leaf steps onto itself. Comparisons and sums are float32, as in the walk in
 * JavaScript, so the bits are the same.
 */

/** Rows that are walked side by side, since each step of one waits for memory. */
export const kernelRows = 8
/**
 * A node's four words: its feature's place in a row in bytes, its threshold as a float, its left child's place, and 16
 * where a missing value goes to the right child, which lies behind the left one.
 */
export const nodeBytes = 16

const pageBytes = 65_536

interface WasmHost {
  Memory: new (size: { initial: number }) => { buffer: ArrayBuffer }
  Module: new (bytes: Uint8Array) => object
  Instance: new (module: object, imports: object) => { exports: Record<string, unknown> }
}

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

const op = {
  loop: [0x03, 0x40],
  end: 0x0b,
  repeatIf: [0x0d, 0],
  i32: { add: 0x6a, and: 0x71, or: 0x72, shl: 0x74, shrUnsigned: 0x76, lessUnsigned: 0x49 },
  f32: { notEqual: 0x5c, atLeast: 0x60, add: 0x92 },
} as const
const get = (local: number): number[] => [0x20, local]
const set = (local: number): number[] => [0x21, local]
const tee = (local: number): number[] => [0x22, local]
/** From −64 to 63: one byte. */
const constant = (value: number): number[] => [0x41, value & 0x7f]
const loadInt = (offset: number): number[] => [0x28, 2, offset]
const loadFloat = (offset: number): number[] => [0x2a, 2, offset]
const storeFloat: number[] = [0x38, 2, 0]

const [int, float] = [0x7f, 0x7d]

function unsigned(value: number): number[] {
  const bytes: number[] = []
  let rest = value
  for (; rest > 127; rest >>>= 7) bytes.push((rest & 127) | 128)
  return [...bytes, rest]
}

/** The function's instructions. @param missing whether inputs may be NaN */
function walkCode(missing: boolean): number[] {
  const [root, leaves, inputs, rowBytes, margins, marginBytes, end, steps, left] = [0, 1, 2, 3, 4, 5, 6, 7, 8]
  const node = (k: number) => 9 + k
  const row = (k: number) => 9 + kernelRows + k
  const x = 9 + 2 * kernelRows
  const rows = Array.from({ length: kernelRows }, (_, k) => k)
  const begin = (k: number) => [
    ...[...get(root), ...set(node(k))],
    ...[...get(inputs), ...tee(row(k)), ...get(rowBytes), op.i32.add, ...set(inputs)],
  ]
  // node = child + (16 where x is at least the threshold, or missing where x is NaN): no branch to mispredict.
  const step = (k: number) => [
    ...[...get(node(k)), ...loadInt(8)],
    ...[
      ...get(row(k)),
      ...get(node(k)),
      ...loadInt(0),
      op.i32.add,
      ...loadFloat(0),
      ...(missing ? tee(x) : []),
    ],
    ...[...get(node(k)), ...loadFloat(4), op.f32.atLeast, ...constant(4), op.i32.shl],
    ...(missing ? [...get(x), ...get(x), op.f32.notEqual, ...constant(4), op.i32.shl] : []),
    ...(missing ? [...get(node(k)), ...loadInt(12), op.i32.and, op.i32.or] : []),
    ...[op.i32.add, ...set(node(k))],
  ]
  const finish = (k: number) => [
    ...[...get(margins), ...get(margins), ...loadFloat(0)],
    ...[...get(leaves), ...get(node(k)), ...constant(2), op.i32.shrUnsigned, op.i32.add, ...loadFloat(0)],
    ...[op.f32.add, ...storeFloat],
    ...[...get(margins), ...get(marginBytes), op.i32.add, ...set(margins)],
  ]
  const body = [
    ...[...op.loop, ...rows.flatMap(begin), ...get(steps), ...set(left)],
    ...[...op.loop, ...rows.flatMap(step)],
    ...[...get(left), ...constant(-1), op.i32.add, ...tee(left), ...op.repeatIf, op.end],
    ...rows.flatMap(finish),
    ...[...get(margins), ...get(end), op.i32.lessUnsigned, ...op.repeatIf, op.end, op.end],
  ]
  return [2, 1 + 2 * kernelRows, int, 1, float, ...body]
}

function program(): Uint8Array {
  const section = (id: number, bytes: readonly number[]) => [id, ...unsigned(bytes.length), ...bytes]
  const name = (text: string) => [text.length, ...Array.from(text, (letter) => letter.charCodeAt(0))]
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [1, 0x60, 8, ...new Array<number>(8).fill(int), 0]),
    ...section(2, [1, ...name('host'), ...name('memory'), 2, 0, 1]),
    ...section(3, [2, 0, 0]),
    ...section(7, [2, ...name('walk'), 0, 0, ...name('walkWhole'), 0, 1]),
    ...section(10, [
      2,
      ...[true, false].map(walkCode).flatMap((code) => [...unsigned(code.length), ...code]),
    ]),
  ])
}

/** Null where there is no WebAssembly, or where a page's policy forbids it. */
export function createTreeKernel(bytes: number): TreeKernel | null {
  const host = Reflect.get(globalThis, 'WebAssembly') as WasmHost | undefined
  if (host === undefined) return null
  try {
    const memory = new host.Memory({ initial: Math.ceil(bytes / pageBytes) + 1 })
    const { exports } = new host.Instance(new host.Module(program()), { host: { memory } })
    return { memory: memory.buffer, walk: exports.walk as Walk, walkWhole: exports.walkWhole as Walk }
  } catch {
    return null
  }
}
