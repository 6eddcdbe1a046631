import { z } from 'zod'
import { deployedAs } from './deployed-role.ts'
import type { DeployedUse, PackagedUse } from './model-state.ts'
import type { ModelVersion } from './version.ts'

export const lineageKinds = [
  'file',
  'table',
  'cell',
  'relation',
  'features',
  'version',
  'bundle',
  'deployment',
] as const
export type LineageKind = (typeof lineageKinds)[number]

export const lineageNodeSchema = z.strictObject({
  id: z.string(),
  kind: z.enum(lineageKinds),
  title: z.string(),
  /** One line: rows, a hash, an endpoint. */
  detail: z.string(),
  /** What opens it: the path, relation, notebook, `name:version` or deployment. */
  target: z.string(),
})
export type LineageNode = z.infer<typeof lineageNodeSchema>

export const lineageGraphSchema = z.strictObject({
  /** Each after all that lead to it. */
  nodes: z.array(lineageNodeSchema),
  edges: z.array(z.strictObject({ from: z.string(), to: z.string() })),
})
export type LineageGraph = z.infer<typeof lineageGraphSchema>

interface Uses {
  packaged: readonly PackagedUse[]
  deployed: readonly DeployedUse[]
}

class Drawing {
  readonly nodes = new Map<string, LineageNode>()
  readonly edges = new Map<string, { from: string; to: string }>()
  node(kind: LineageKind, name: string, title: string, detail: string, target: string): string {
    const id = `${kind}:${name}`
    if (!this.nodes.has(id)) this.nodes.set(id, { id, kind, title, detail, target })
    return id
  }
  edge(from: string, to: string): void {
    if (from !== to) this.edges.set(`${from}\n${to}`, { from, to })
  }
}

function count(rows: number): string {
  return `${rows.toLocaleString('en-US')} ${rows === 1 ? 'row' : 'rows'}`
}

/** Files and tables → cells → the relation that was trained on. @returns what leads into the features */
function drawSources(drawing: Drawing, { provenance }: ModelVersion): string[] {
  const { sources, data, notebook, imported } = provenance
  const relation = () =>
    drawing.node('relation', data.relation.toLowerCase(), data.relation, count(data.rows), data.relation)
  if (imported) {
    const file = drawing.node('file', imported.file, imported.file, imported.producer, imported.file)
    return imported.rows === 'given' ? [file, relation()] : [file]
  }
  if (!sources) return [relation()]
  const files = new Map(sources.files.map((file) => [file.path, file]))
  const tables = new Map(sources.tables.map((table) => [table.relation, table]))
  const cellIds = new Map<string, string>()
  const train = sources.cells.at(-1)
  let made: string | null = null
  for (const cell of sources.cells) {
    if (cell === train) break
    const inputs: string[] = []
    for (const path of cell.files) {
      const file = files.get(path)
      if (file) {
        inputs.push(drawing.node('file', path, path, `SHA-256 ${file.sha256.slice(0, 12)}`, path))
      }
    }
    for (const name of cell.tables) {
      const table = tables.get(name)
      if (table) inputs.push(drawing.node('table', name, name, count(table.rows), name))
    }
    for (const up of cell.upstream) inputs.push(cellIds.get(up) ?? '')
    const title = cell.title.replaceAll('"', '')
    const detail = `${cell.kind}, ${cell.hash.slice(0, 12)}`
    const id = drawing.node('cell', cell.id, title, detail, notebook ?? '')
    cellIds.set(cell.id, id)
    for (const input of inputs) if (input !== '') drawing.edge(input, id)
    if (cell.defines.includes(data.relation.toLowerCase())) made = id
  }
  const read: string[] = []
  for (const name of train?.tables ?? []) {
    const table = tables.get(name)
    if (!table || name === data.relation.toLowerCase()) continue
    read.push(drawing.node('table', name, name, count(table.rows), name))
  }
  const trained = relation()
  for (const id of made === null ? read : [made, ...read]) drawing.edge(id, trained)
  // Values and checks that a train cell waits for lead to it as well.
  for (const up of train?.upstream ?? []) {
    const id = cellIds.get(up)
    if (id !== undefined && id !== made) drawing.edge(id, trained)
  }
  return [trained]
}

/** Where a version came from and where it went, from files to deployments. */
export function lineageGraph(record: ModelVersion, uses: Uses): LineageGraph {
  const drawing = new Drawing()
  const into = drawSources(drawing, record)
  const inputs = record.signature.inputs.length
  const reference = `${record.name}:${record.version}`
  const features = drawing.node(
    'features',
    reference,
    'features',
    `${inputs} ${inputs === 1 ? 'column' : 'columns'} in`,
    reference,
  )
  for (const id of into) drawing.edge(id, features)
  const digest = `digest ${record.digest.slice(0, 12)}`
  const version = drawing.node('version', reference, `${record.name} v${record.version}`, digest, reference)
  drawing.edge(features, version)
  const bundles = new Map<string, string>()
  for (const use of uses.packaged.filter((one) => one.version === record.version)) {
    const title = use.path.split(/[/\\]/).at(-1) ?? use.path
    const id = drawing.node('bundle', use.path, title, `for ${use.target}`, use.path)
    bundles.set(use.path, id)
    drawing.edge(version, id)
  }
  for (const use of uses.deployed.filter((one) => one.version === record.version)) {
    const id = drawing.node(
      'deployment',
      `${use.workspace}/${deployedAs(use)}`,
      deployedAs(use),
      use.endpoint,
      use.deployment,
    )
    drawing.edge(bundles.get(use.bundle) ?? version, id)
  }
  return { nodes: [...drawing.nodes.values()], edges: [...drawing.edges.values()] }
}
