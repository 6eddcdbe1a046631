import type { FlatTrees } from './flat-trees.ts'
import { createTreeKernel, nodeBytes, type TreeKernel } from './tree-kernel.ts'

/** Rows that go through all trees together: their inputs stay in the processor's cache. */
export const blockRows = 64

/** Larger models are walked in JavaScript. */
const mostBytes = 64 << 20

/** A kernel with a model's trees in its memory, and a block of rows. */
export interface LoadedKernel extends TreeKernel {
  /** Where these lie in the memory. */
  readonly leavesAt: number
  readonly inputsAt: number
  readonly marginsAt: number
  readonly inputs: Float32Array
  readonly margins: Float32Array
}

/** Null for trees that split on categories and for very large models. */
export function loadKernel(flat: FlatTrees, features: number, groups: number): LoadedKernel | null {
  const total = flat.leaf.length
  const leavesAt = total * nodeBytes
  const inputsAt = leavesAt + total * 4
  const marginsAt = inputsAt + blockRows * features * 4
  const bytes = marginsAt + blockRows * groups * 4
  if (flat.set !== null || bytes > mostBytes) return null
  const kernel = createTreeKernel(bytes)
  const words = new Int32Array(kernel.memory)
  const floats = new Float32Array(kernel.memory)
  for (let node = 0; node < total; node++) {
    words[node * 4] = flat.feature[node]! * 4
    floats[node * 4 + 1] = flat.threshold[node]!
    words[node * 4 + 2] = flat.child[node]! * nodeBytes
    words[node * 4 + 3] = flat.missingRight[node]! * nodeBytes
  }
  floats.set(flat.leaf, leavesAt / 4)
  return {
    ...kernel,
    leavesAt,
    inputsAt,
    marginsAt,
    inputs: floats.subarray(inputsAt / 4, marginsAt / 4),
    margins: floats.subarray(marginsAt / 4, bytes / 4),
  }
}
