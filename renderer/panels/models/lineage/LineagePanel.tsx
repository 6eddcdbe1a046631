import { useElementSize } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { Box, Boxes, Code, Columns3, File, type LucideIcon, Package, Rocket, Table2 } from 'lucide-react'
import type { LineageGraph, LineageKind, LineageNode } from '../../../../shared/catalog/lineage-graph.ts'
import type { VersionRef } from '../../../../shared/contract/models.ts'
import { api, engine } from '../../../client.ts'
import { noticeFailure } from '../../../shell/notice.ts'
import { openTab } from '../../../shell/open-tab.ts'
import { Panel } from '../../../ui/Panel.tsx'
import { QueryView } from '../../../ui/QueryView.tsx'
import { layoutLineage, nodeHeight } from './lineage-layout.ts'
import { lineageLines, lineageWords } from './lineage-words.ts'

interface Look {
  readonly icon: LucideIcon
  readonly open: (node: LineageNode) => void
}

function openRelation({ target }: LineageNode): void {
  openTab({ kind: 'relation', id: target, title: target })
}

function openFile({ target }: LineageNode): void {
  openTab({ kind: 'file', id: target, title: target.split('/').at(-1) ?? target })
}

function openCell({ id, target }: LineageNode): void {
  // A cell's node is called `cell:` and the cell's own id.
  const cell = id.slice('cell:'.length)
  openTab({ kind: 'notebook', id: target, title: target, state: { action: 'show', cell } })
}

function openVersion({ target, title }: LineageNode): void {
  openTab({ kind: 'model', id: target, title })
}

/** The picture of each kind of node, and what a click on one opens. */
const looks: Record<LineageKind, Look> = {
  file: { icon: File, open: openFile },
  table: { icon: Table2, open: openRelation },
  cell: { icon: Code, open: openCell },
  relation: { icon: Table2, open: openRelation },
  features: { icon: Columns3, open: openVersion },
  version: { icon: Boxes, open: openVersion },
  bundle: {
    icon: Package,
    open: ({ target }) =>
      void engine.bundles
        .reveal({ path: target })
        .catch((error: unknown) => noticeFailure(`Opening ${target}`, error)),
  },
  deployment: {
    icon: Rocket,
    open: ({ target }) => openTab({ kind: 'deployment', id: target, title: target }),
  },
}

/** From files and SQL through features to the version, and on to bundles and deployments. */
export function LineagePanel(props: { readonly version: VersionRef }) {
  const { name, version } = props.version
  const lineage = useQuery(api.models.lineage.queryOptions({ input: { name, version } }))
  return (
    <Panel title="Lineage">
      <QueryView query={lineage} loading="Reading the lineage">
        {(graph) => <Picture graph={graph} />}
      </QueryView>
    </Panel>
  )
}

function Picture(props: { readonly graph: LineageGraph }) {
  const { ref, width: room } = useElementSize()
  // Two pixels are the borders'.
  const { nodes, paths, width, height, nodeWidth } = layoutLineage(props.graph, room - 2)
  return (
    <div className="sw-models-scroll" ref={ref}>
      <div className="sw-models-lineage" style={{ width: width + 2, height: height + 2 }}>
        <svg width={width} height={height} aria-hidden>
          {paths.map(({ key, d }) => (
            <path key={key} d={d} />
          ))}
        </svg>
        {nodes.map(({ node, x, y }) => {
          const { icon: Icon, open } = looks[node.kind] ?? { icon: Box, open: () => {} }
          const lines = lineageLines(node)
          return (
            <button
              key={node.id}
              type="button"
              className="sw-models-node"
              data-kind={node.kind}
              style={{ left: x, top: y, width: nodeWidth, height: nodeHeight }}
              title={`${lineageWords[node.kind]} ${node.title}, ${node.detail}`}
              onClick={() => open(node)}
            >
              <Icon size={13} aria-hidden />
              <span>
                <strong>{lines.title}</strong>
                <small>{lines.below}</small>
              </span>
            </button>
          )
        })}
      </div>
    </div>
  )
}
