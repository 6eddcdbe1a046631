/** HOT LOOP: grows one tree from histograms (benchmark: bench/gbdt.ts); the loops over rows are in kernel.ts. */
import type { Tree } from '../../../shared/models/gbdt/tree-model.ts'
import type { WasmMemory } from '../../../shared/wasm.ts'
import type { FeatureBins } from './bins.ts'
import { findSplit, type Split } from './find-split.ts'
import type { GbdtParameters } from './gbdt-parameters.ts'
import { laneWork, middleOf } from './lane.ts'
import type { GbdtLayout } from './layout.ts'
import { poissonStep } from './objective.ts'
import { rightCategoriesOf } from './right-categories.ts'
import { bestWeight, type NodeSums, type SplitRules } from './split-rules.ts'
import type { GbdtThreads } from './threads.ts'

/** A tree, and what only training needs of it. */
export interface GrownTree {
  tree: Tree
  /** Per node, the last bin that goes left. */
  bin: Uint8Array
  /** Per node that splits on categories, 1 for each bin that goes left. */
  leftBins: Map<number, Uint8Array>
  /** The drawn rows of each leaf: places `from … to` of the row numbers. */
  leaves: { node: number; from: number; to: number }[]
}

interface OpenNode extends NodeSums {
  node: number
  depth: number
  from: number
  to: number
  /** Its histogram, while it may be split. */
  slot: number
  split: Split
}

type Child = Omit<OpenNode, 'slot' | 'split'>

/** Nodes below so many rows are not worth a second thread. */
const fewRows = 32_768

/** Histograms that can be needed at once. */
export function slotsNeeded({ maxDepth, maxLeaves }: Pick<GbdtParameters, 'maxDepth' | 'maxLeaves'>): number {
  const byDepth = maxDepth > 0 ? maxDepth + 2 : Number.POSITIVE_INFINITY
  return maxLeaves > 0 ? Math.min(maxLeaves, 2 ** Math.min(maxDepth || 30, 30)) + 2 : byDepth
}

export interface TreeGrower {
  /** Grows a tree on the first `rows` row numbers, with the gradients as they are, from the drawn features. */
  grow(rows: number, drawn: Int32Array): GrownTree
}

export function createTreeGrower(
  parameters: GbdtParameters,
  bins: readonly FeatureBins[],
  offsets: readonly number[],
  memory: WasmMemory,
  layout: GbdtLayout,
  threads: GbdtThreads,
): TreeGrower {
  const { buffer } = memory
  const { kernel } = threads.lane
  const { maxDepth, maxLeaves, learningRate } = parameters
  const rules: SplitRules = {
    l1: parameters.l1,
    l2: parameters.l2,
    gamma: parameters.gamma,
    minChildWeight: parameters.minChildWeight,
    maxStep: parameters.objective === 'count:poisson' ? poissonStep : 0,
    monotone: parameters.monotone,
    maxCatToOnehot: parameters.maxCatToOnehot,
  }
  const slotBytes = Math.ceil((16 * layout.pairs) / 64) * 64
  const slots = Array.from({ length: slotsNeeded(parameters) }, (_, i) => layout.histograms + i * slotBytes)
  const histogramOf = (slot: number) => new Float64Array(buffer, slot, 2 * layout.pairs)
  const histogramEnd = (slot: number) => slot + 16 * layout.pairs
  const goesLeft = new Uint8Array(buffer, layout.goesLeft, 256)
  const drawnList = new Int32Array(buffer, layout.drawn, 2 * layout.width)

  const build = (from: number, to: number, slot: number, drawn: number) => {
    threads.run(laneWork.build, from, to, slot, drawn)
    kernel.add(slot, histogramEnd(slot), layout.secondHistogram)
  }
  const buildHere = (from: number, to: number, slot: number, drawn: number) => {
    histogramOf(slot).fill(0)
    const [start, end] = [layout.ids + 4 * from, layout.ids + 4 * to]
    if (drawn < 0) kernel.build(start, end, layout.bins, layout.gradients, slot)
    else {
      const listEnd = layout.drawn + 8 * drawn
      kernel.buildSome(start, end, layout.bins, layout.gradients, slot, layout.drawn, listEnd)
    }
  }

  /** Row numbers to place `to` from place `at` of a list. */
  const move = (to: number, list: number, at: number, count: number) =>
    kernel.move(layout.ids + 4 * to, list + 4 * at, 4 * count)

  /** Puts the rows of the left child first, in order; returns where the right ones begin. */
  const partition = (from: number, to: number, { feature, bin, leftBins, missingLeft }: Split): number => {
    goesLeft.fill(0)
    if (leftBins) goesLeft.set(leftBins)
    else goesLeft.fill(1, 0, bin + 1)
    goesLeft[bins[feature]!.count] = missingLeft ? 1 : 0
    if (to - from < fewRows) {
      const start = layout.ids + 4 * from
      const column = layout.columns + feature * layout.rows
      const end = kernel.partition(start, layout.ids + 4 * to, column, layout.goesLeft, start, layout.spare)
      const middle = from + ((end - start) | 0) / 4
      move(middle, layout.spare, 0, to - middle)
      return middle
    }
    const [first, second] = threads.run(laneWork.partition, from, to, feature)
    const part = middleOf(from, to)
    move(from + first, layout.ids, part, second)
    const middle = from + first + second
    const rights = part - from - first
    move(middle, layout.spare, from, rights)
    move(middle + rights, layout.spare, part, to - part - second)
    return middle
  }

  return {
    grow(rows, drawn) {
      const nodes = {
        feature: [0],
        threshold: [0],
        left: [-1],
        right: [-1],
        defaultLeft: [0],
        weight: [0],
        gain: [0],
        cover: [0],
        bin: [0],
      }
      const leftBins: GrownTree['leftBins'] = new Map()
      const leaves: GrownTree['leaves'] = []
      const open: OpenNode[] = []
      const free = slots.slice()
      const isAll = drawn.length === layout.width
      drawn.forEach((feature, i) => {
        drawnList[2 * i] = feature
        drawnList[2 * i + 1] = 16 * offsets[feature]!
      })
      const listed = isAll ? -1 : drawn.length
      const buildInto = (child: Child, slot: number) => {
        const make = child.to - child.from < fewRows ? buildHere : build
        make(child.from, child.to, slot, listed)
      }
      const takeSlot = (): number => {
        const slot = free.pop()
        if (slot === undefined) throw new Error('The histograms of open nodes were counted too low.')
        return slot
      }
      let count = 1
      const close = (child: Child) => {
        const { node, from, to } = child
        nodes.weight[node] = learningRate * bestWeight(child, rules)
        leaves.push({ node, from, to })
      }
      const settle = (child: Child, slot: number) => {
        const split = findSplit(histogramOf(slot), offsets, bins, drawn, child, rules)
        if (split) open.push({ ...child, slot, split })
        else {
          free.push(slot)
          close(child)
        }
      }
      const mayGrow = ({ depth, hessian, from, to }: Child) =>
        (maxDepth === 0 || depth < maxDepth) && hessian >= 2 * parameters.minChildWeight && to - from > 1

      const splitNode = (parent: OpenNode) => {
        const { node, slot, split, depth } = parent
        const middle = partition(parent.from, parent.to, split)
        const added = nodes.left.length
        nodes.feature[node] = split.feature
        nodes.threshold[node] = split.threshold
        nodes.left[node] = added
        nodes.right[node] = added + 1
        nodes.defaultLeft[node] = split.missingLeft ? 1 : 0
        nodes.weight[node] = learningRate * bestWeight(parent, rules)
        nodes.gain[node] = split.gain
        nodes.bin[node] = split.bin
        if (split.leftBins) leftBins.set(node, split.leftBins)
        const { low, high } = parent
        const left: Child = {
          node: added,
          depth: depth + 1,
          from: parent.from,
          to: middle,
          gradient: split.gradient,
          hessian: split.hessian,
          low,
          high,
        }
        const right: Child = {
          node: added + 1,
          depth: depth + 1,
          from: middle,
          to: parent.to,
          gradient: parent.gradient - split.gradient,
          hessian: parent.hessian - split.hessian,
          low,
          high,
        }
        const sign = rules.monotone[split.feature] ?? 0
        if (sign !== 0) {
          // Leaves of one side stay on its side of the middle, as in XGBoost.
          const middle = (bestWeight(left, rules) + bestWeight(right, rules)) / 2
          const [lower, upper] = sign > 0 ? [left, right] : [right, left]
          lower.high = middle
          upper.low = middle
        }
        for (const child of [left, right]) {
          for (const list of [
            nodes.feature,
            nodes.threshold,
            nodes.defaultLeft,
            nodes.weight,
            nodes.gain,
            nodes.bin,
          ]) {
            list.push(0)
          }
          nodes.left.push(-1)
          nodes.right.push(-1)
          nodes.cover.push(child.hessian)
        }
        count++
        const isFull = maxLeaves > 0 && count >= maxLeaves
        if (isFull || !(mayGrow(left) || mayGrow(right))) {
          free.push(slot)
          close(left)
          close(right)
          return
        }
        // The histogram of the child with fewer rows is counted; the other's is what is left of the parent's.
        const [smaller, larger] = left.to - left.from <= right.to - right.from ? [left, right] : [right, left]
        const smallerSlot = takeSlot()
        buildInto(smaller, smallerSlot)
        if (mayGrow(larger)) kernel.subtract(slot, histogramEnd(slot), smallerSlot)
        for (const [child, place] of [
          [larger, slot],
          [smaller, smallerSlot],
        ] as const) {
          if (mayGrow(child)) settle(child, place)
          else {
            free.push(place)
            close(child)
          }
        }
      }

      const bounds = { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY }
      const root = { node: 0, depth: 0, from: 0, to: rows, gradient: 0, hessian: 0, ...bounds }
      const rootSlot = takeSlot()
      build(0, rows, rootSlot, listed)
      const histogram = histogramOf(rootSlot)
      const any = drawn[0]!
      for (let pair = offsets[any]!; pair <= offsets[any]! + bins[any]!.count; pair++) {
        root.gradient += histogram[2 * pair]!
        root.hessian += histogram[2 * pair + 1]!
      }
      nodes.cover[0] = root.hessian
      settle(root, rootSlot)
      while (open.length > 0 && (maxLeaves === 0 || count < maxLeaves)) {
        let next = open.length - 1
        if (maxLeaves > 0) {
          for (let i = next - 1; i >= 0; i--) if (open[i]!.split.gain > open[next]!.split.gain) next = i
        }
        const [chosen] = open.splice(next, 1)
        splitNode(chosen!)
      }
      for (const node of open) close(node)
      const tree: Tree = {
        feature: Int32Array.from(nodes.feature),
        threshold: Float32Array.from(nodes.threshold),
        left: Int32Array.from(nodes.left),
        right: Int32Array.from(nodes.right),
        defaultLeft: Uint8Array.from(nodes.defaultLeft),
        rightCategories: rightCategoriesOf(nodes.feature, leftBins, bins),
        weight: Float32Array.from(nodes.weight),
        gain: Float32Array.from(nodes.gain),
        cover: Float32Array.from(nodes.cover),
      }
      return { tree, bin: Uint8Array.from(nodes.bin), leftBins, leaves }
    },
  }
}
