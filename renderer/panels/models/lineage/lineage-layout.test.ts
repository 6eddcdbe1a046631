import { expect, test } from 'vitest'
import type { LineageGraph } from '../../../../shared/catalog/lineage-graph.ts'
import { layoutLineage } from './lineage-layout.ts'

const node = (id: string) => ({ id, kind: 'cell' as const, title: id, detail: '', target: '' })
const graph: LineageGraph = {
  nodes: ['file', 'raw', 'table', 'features', 'version'].map(node),
  edges: [
    { from: 'file', to: 'raw' },
    { from: 'raw', to: 'features' },
    { from: 'table', to: 'features' },
    { from: 'features', to: 'version' },
  ],
}

test('every edge points to the right and no two nodes share a place', () => {
  const { nodes, paths } = layoutLineage(graph)
  const at = new Map(nodes.map(({ node: { id }, x }) => [id, x]))
  for (const { from, to } of graph.edges) expect(at.get(from)).toBeLessThan(at.get(to) ?? 0)
  expect(new Set(nodes.map(({ x, y }) => `${x} ${y}`)).size).toBe(5)
  expect(paths).toHaveLength(4)
})

test('nodes share out the room there is, within bounds', () => {
  const width = (room: number) => layoutLineage(graph, room).nodeWidth
  expect([width(0), width(700), width(5000)]).toEqual([103, 163, 230])
  expect(layoutLineage(graph, 700).width).toBeLessThanOrEqual(700)
})

test('a source stands just before what it leads to', () => {
  const at = new Map(layoutLineage(graph).nodes.map(({ node: { id }, x }) => [id, x]))
  expect(at.get('table')).toBe(at.get('raw'))
})
