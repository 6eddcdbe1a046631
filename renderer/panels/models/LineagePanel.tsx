import { useElementSize } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { Box, Boxes, Code, Columns3, File, type LucideIcon, Package, Rocket, Table2 } from 'lucide-react'
import type { LineageGraph, LineageKind, LineageNode } from '../../../shared/catalog/lineage-graph.ts'
import type { VersionRef } from '../../../shared/contract/models.ts'
import { api, engine } from '../../client.ts'
import { noticeFailure } from '../../shell/notice.ts'
import { openTab } from '../../shell/open-tab.ts'
import { Panel } from '../../ui/Panel.tsx'
import { QueryView } from '../../ui/QueryView.tsx'
import { layoutLineage, nodeHeight } from './lineage-layout.ts'

interface Look {
  readonly icon: LucideIcon
  readonly word: string
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

/** What each node is called, and what a click on it opens. */
const looks: Record<LineageKind, Look> = {
  file: { icon: File, word: 'File', open: openFile },
  table: { icon: Table2, word: 'Table', open: openRelation },
  cell: { icon: Code, word: 'Cell', open: openCell },
  relation: { icon: Table2, word: 'Relation', open: openRelation },
  features: { icon: Columns3, word: 'Feature pipeline', open: openVersion },
  version: { icon: Boxes, word: 'Version', open: openVersion },
  bundle: {
    icon: Package,
    word: 'Bundle',
    open: ({ target }) =>
      void engine.bundles
        .reveal({ path: target })
        .catch((error: unknown) => noticeFailure(`Opening ${target}`, error)),
  },
  deployment: {
    icon: Rocket,
    word: 'Deployment',
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
          const { icon: Icon, word, open } = looks[node.kind] ?? { icon: Box, word: '', open: () => {} }
          return (
            <button
              key={node.id}
              type="button"
              className="sw-models-node"
              data-kind={node.kind}
              style={{ left: x, top: y, width: nodeWidth, height: nodeHeight }}
              title={`${word} ${node.title}, ${node.detail}`}
              onClick={() => open(node)}
            >
              <Icon size={13} aria-hidden />
              <span>
                <strong>{node.title}</strong>
                <small>
                  {word} · {node.detail}
                </small>
              </span>
            </button>
          )
        })}
      </div>
    </div>
  )
}
