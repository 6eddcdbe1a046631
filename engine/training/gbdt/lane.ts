/**
 * HOT LOOP: what the two threads of a boosted-tree training do side by side (benchmark: bench/gbdt.ts).
 *
 * Work is always cut into the same two parts, whether one thread does both or each does one, so a model does not
 * depend on how many threads there were.
 */

import { type GbdtKernel, openKernel } from './kernel.ts'
import type { GbdtShared } from './layout.ts'
import { type MarginRows, writeClassGradients, writeGradients, writeProbabilities } from './objective.ts'

/** Work by number, as it is passed in shared memory, with what its arguments are; 0 is to stop. */
export const laneWork = {
  /** from, to, byte offset of the histogram, drawn features or −1 for all */
  build: 1,
  /** from, to, feature */
  partition: 2,
  /** group */
  gradients: 3,
  probabilities: 4,
  /** leaves, group, rows among them */
  addLeaves: 5,
} as const
export type LaneWork = (typeof laneWork)[keyof typeof laneWork]

export interface Lane {
  kernel: GbdtKernel
  /** Does part 0 or 1 of the work; returns a count (partition) or a sum of losses (gradients), else 0. */
  run(work: LaneWork, part: 0 | 1, args: ArrayLike<number>): number
}

/** Where part 1 begins. */
export const middleOf = (from: number, to: number): number => from + ((to - from) >> 1)

export function createLane({ memory, code, layout, objective, quantile }: GbdtShared): Lane {
  const { buffer } = memory
  const { rows, groups, pairs, ids, spare, gradients } = layout
  const kernel = openKernel(code, memory)
  const data: MarginRows = {
    rows,
    target: new Float32Array(buffer, layout.target, rows),
    weights: layout.weights < 0 ? null : new Float32Array(buffer, layout.weights, rows),
    scores: new Float32Array(buffer, layout.scores, rows * groups),
  }
  const probabilities = new Float32Array(buffer, layout.probabilities, groups > 1 ? rows * groups : 0)
  const pairsOfRows = new Float32Array(buffer, gradients, 2 * rows)
  const leafRanges = new Int32Array(buffer, layout.leaves)
  const leafValues = new Float32Array(buffer, layout.leaves)

  const build = (from: number, to: number, histogram: number, drawn: number) => {
    new Float64Array(buffer, histogram, 2 * pairs).fill(0)
    const [start, end] = [ids + 4 * from, ids + 4 * to]
    if (drawn < 0) kernel.build(start, end, layout.bins, gradients, histogram)
    else {
      const list = layout.drawn
      kernel.buildSome(start, end, layout.bins, gradients, histogram, list, list + 8 * drawn)
    }
  }
  const addLeaves = (leaves: number, group: number, from: number, to: number) => {
    const scores = layout.scores + 4 * group * rows
    for (let leaf = 0; leaf < leaves; leaf++) {
      const start = Math.max(from, leafRanges[3 * leaf]!)
      const end = Math.min(to, leafRanges[3 * leaf + 1]!)
      if (start < end) kernel.addToRows(ids + 4 * start, ids + 4 * end, scores, leafValues[3 * leaf + 2]!)
    }
  }
  return {
    kernel,
    run(work, part, args) {
      const [a = 0, b = 0, c = 0, d = 0] = [args[0], args[1], args[2], args[3]]
      /** This part of `from … to`. */
      const cut = (from: number, to: number): [number, number] => {
        const middle = middleOf(from, to)
        return part === 0 ? [from, middle] : [middle, to]
      }
      switch (work) {
        case laneWork.build: {
          const [from, to] = cut(a, b)
          build(from, to, part === 0 ? c >>> 0 : layout.secondHistogram, d)
          return 0
        }
        case laneWork.partition: {
          const [from, to] = cut(a, b)
          const start = ids + 4 * from
          const column = layout.columns + c * rows
          const end = kernel.partition(start, ids + 4 * to, column, layout.goesLeft, start, spare + 4 * from)
          // Offsets beyond 2 GiB come back negative.
          return ((end - start) | 0) / 4
        }
        case laneWork.gradients: {
          const [from, to] = cut(0, rows)
          if (groups === 1) return writeGradients(objective, quantile, data, from, to, pairsOfRows)
          writeClassGradients(data, a, from, to, probabilities, pairsOfRows)
          return 0
        }
        case laneWork.probabilities: {
          const [from, to] = cut(0, rows)
          return writeProbabilities(data, groups, from, to, probabilities)
        }
        case laneWork.addLeaves: {
          const [from, to] = cut(0, c)
          addLeaves(a, b, from, to)
          return 0
        }
      }
    },
  }
}
