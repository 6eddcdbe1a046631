import { useQuery } from '@tanstack/react-query'
import { api } from '../../client.ts'
import { Inspect } from '../../shell/InspectorSlot.tsx'
import type { TabProps } from '../../shell/open-tab.ts'
import { CopyButton } from '../../ui/CopyButton.tsx'
import { formatCount, formatCounted } from '../../ui/format.ts'
import { KeyValue } from '../../ui/KeyValue.tsx'
import { RelationGrid } from '../../ui/RelationGrid.tsx'
import { DropRelation } from './DropRelation.tsx'

/** One relation: all its rows, each column with its distribution. */
export function RelationPage({ id }: TabProps) {
  const relation = useQuery(api.data.relations.queryOptions()).data?.find((entry) => entry.name === id)
  return (
    <div className="sw-relation">
      <header className="sw-toolbar">
        <h1>{id}</h1>
        {relation && (
          <span className="sw-muted">
            {relation.kind} · {relation.rows === null ? '' : `${formatCounted(relation.rows, 'row')} · `}
            {formatCounted(relation.columns.length, 'column')}
          </span>
        )}
        <span className="sw-toolbar-gap" />
        <CopyButton text={`select * from ${id}`} label="Copy as SQL" />
        {/* Other schemas belong to the engine. */}
        {relation?.kind === 'table' && !id.includes('.') && <DropRelation name={id} />}
      </header>
      <div className="sw-relation-grid">
        <RelationGrid relation={id} profile />
      </div>
      {relation && (
        <Inspect title={id}>
          <KeyValue
            items={[
              ['Kind', relation.kind],
              ['Rows', formatCount(relation.rows)],
            ]}
          />
          <div style={{ height: 12 }} />
          <KeyValue items={relation.columns.map((column) => [column.name, column.type])} />
        </Inspect>
      )}
    </div>
  )
}
