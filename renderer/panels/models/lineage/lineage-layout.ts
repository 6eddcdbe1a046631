import type { LineageGraph, LineageNode } from '../../../../shared/catalog/lineage-graph.ts'

export interface PlacedNode {
  readonly node: LineageNode
  /** Upper left corner, in pixels. */
  readonly x: number
  readonly y: number
}

export interface LineagePicture {
  readonly nodes: readonly PlacedNode[]
  /** Cubic curves from the right side of a node to the left side of the next. */
  readonly paths: readonly { readonly key: string; readonly d: string }[]
  readonly width: number
  readonly height: number
  /** Of each node, in pixels. */
  readonly nodeWidth: number
}

export const nodeHeight = 44
/** Eight layers, from a file to a deployment, fit beside the list in a window of 1,280 pixels. */
const narrowest = 103
const widest = 230
const gapX = 16
const gapY = 14

/**
 * Puts each node one layer right of the last node that leads to it, so that all edges point to the right; within a
 * layer in the order of the nodes that lead there, which keeps most edges from crossing.
 *
 * @param room width in pixels that nodes may share out among them; below the narrowest the picture scrolls
 */
export function layoutLineage(graph: LineageGraph, room = 0): LineagePicture {
  const layer = new Map<string, number>()
  const into = new Map<string, string[]>()
  for (const { from, to } of graph.edges) into.set(to, [...(into.get(to) ?? []), from])
  for (const { id } of graph.nodes) {
    const before = (into.get(id) ?? []).map((from) => layer.get(from) ?? 0)
    layer.set(id, before.length === 0 ? 0 : Math.max(...before) + 1)
  }
  // What nothing leads to stands just before what it leads to, not far left of it.
  for (const { id } of graph.nodes) {
    if ((into.get(id) ?? []).length > 0) continue
    const next = graph.edges.filter(({ from }) => from === id).map(({ to }) => layer.get(to) ?? 1)
    if (next.length > 0) layer.set(id, Math.min(...next) - 1)
  }
  const layers: LineageNode[][] = []
  for (const node of graph.nodes) {
    const at = layer.get(node.id) ?? 0
    const members = layers[at] ?? []
    members.push(node)
    layers[at] = members
  }
  const share = Math.floor((room + gapX) / Math.max(1, layers.length)) - gapX
  const nodeWidth = Math.min(widest, Math.max(narrowest, share))
  const tallest = Math.max(1, ...layers.map((members) => members?.length ?? 0))
  const height = tallest * (nodeHeight + gapY) - gapY
  const place = new Map<string, PlacedNode>()
  for (const [at, members] of layers.entries()) {
    if (!members) continue
    const mean = (node: LineageNode) => {
      const ys = (into.get(node.id) ?? []).map((from) => place.get(from)?.y ?? 0)
      return ys.length === 0 ? 0 : ys.reduce((sum, y) => sum + y, 0) / ys.length
    }
    const sorted = members.toSorted((a, b) => mean(a) - mean(b))
    const top = (height - (sorted.length * (nodeHeight + gapY) - gapY)) / 2
    for (const [row, node] of sorted.entries()) {
      place.set(node.id, { node, x: at * (nodeWidth + gapX), y: top + row * (nodeHeight + gapY) })
    }
  }
  const paths = graph.edges.flatMap(({ from, to }) => {
    const [a, b] = [place.get(from), place.get(to)]
    if (!a || !b) return []
    const [x1, y1, x2, y2] = [a.x + nodeWidth, a.y + nodeHeight / 2, b.x, b.y + nodeHeight / 2]
    const middle = (x1 + x2) / 2
    return [{ key: `${from} ${to}`, d: `M${x1} ${y1}C${middle} ${y1} ${middle} ${y2} ${x2} ${y2}` }]
  })
  return {
    nodes: [...place.values()],
    paths,
    width: layers.length * (nodeWidth + gapX) - gapX,
    height,
    nodeWidth,
  }
}
