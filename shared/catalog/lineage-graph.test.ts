import fc from 'fast-check'
import { expect, test } from 'vitest'
import { lineageGraph, lineageGraphSchema } from './lineage-graph.ts'
import { modelVersion } from './testing/model-version.ts'

const uses = {
  packaged: [{ version: 3, path: '/b/churn-3', target: 'any', at: '' }],
  deployed: [
    { version: 3, deployment: 'web', workspace: '/w', bundle: '/b/churn-3', endpoint: 'http://h', at: '' },
    { version: 2, deployment: 'old', workspace: '/w', bundle: '/b/churn-2', endpoint: 'http://h', at: '' },
  ],
}

/** Notebooks of up to six cells, each reading from some of the cells before it, a file or a table. */
const sources = fc
  .array(fc.record({ up: fc.array(fc.nat(5), { maxLength: 3 }), file: fc.boolean(), table: fc.boolean() }), {
    minLength: 1,
    maxLength: 6,
  })
  .map((drawn) => ({
    cells: drawn.map(({ up, file, table }, at) => ({
      id: `c${at}`,
      title: `"r${at}"`,
      kind: at === drawn.length - 1 ? 'train' : 'sql',
      hash: 'h',
      upstream: [...new Set(up.filter((one) => one < at))].map((one) => `c${one}`),
      defines: at === drawn.length - 2 ? ['features'] : [`r${at}`],
      files: file ? ['data/a.csv'] : [],
      tables: table ? ['customers'] : [],
    })),
    files: [{ path: 'data/a.csv', bytes: 1, modified: '', sha256: 'f'.repeat(64) }],
    tables: [{ relation: 'customers', rows: 7, fingerprint: '' }],
  }))

test('every node comes after all that lead to it, every edge joins two nodes, and no cell is lost', () => {
  fc.assert(
    fc.property(sources, (given) => {
      const plain = modelVersion()
      const graph = lineageGraph(modelVersion({ provenance: { ...plain.provenance, sources: given } }), uses)
      expect(lineageGraphSchema.parse(JSON.parse(JSON.stringify(graph)))).toEqual(graph)
      const place = new Map(graph.nodes.map(({ id }, at) => [id, at]))
      expect(place.size).toBe(graph.nodes.length)
      for (const { from, to } of graph.edges) {
        expect(place.get(from)).toBeLessThan(place.get(to) ?? -1)
      }
      for (const { id } of given.cells.slice(0, -1)) expect(place.has(`cell:${id}`)).toBe(true)
    }),
    { numRuns: 60 },
  )
})

test('from the relation through features and version to the bundle and what is deployed from it', () => {
  const { nodes, edges } = lineageGraph(modelVersion(), uses)
  expect(nodes.map(({ kind, title }) => `${kind} ${title}`)).toEqual([
    'relation features',
    'features features',
    'version churn v3',
    'bundle churn-3',
    'deployment web',
  ])
  expect(edges.at(-1)).toEqual({ from: 'bundle:/b/churn-3', to: 'deployment:/w/web' })
})
