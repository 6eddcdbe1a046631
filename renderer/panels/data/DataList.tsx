import { ActionIcon } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { ChevronDown, ChevronRight, Eye, Table2, TriangleAlert } from 'lucide-react'
import { useState } from 'react'
import { api } from '../../client.ts'
import { showSide } from '../../shell/frame-state.ts'
import { openTab } from '../../shell/open-tab.ts'
import { EmptyState } from '../../ui/EmptyState.tsx'
import { ErrorNote } from '../../ui/ErrorNote.tsx'
import { formatCount, formatCounted } from '../../ui/format.ts'
import { SideItem, SideList } from '../../ui/SideList.tsx'

/** Every relation with its columns, types and row count. */
export function DataList() {
  const relations = useQuery(api.data.relations.queryOptions())
  const [search, setSearch] = useState('')
  const [unfolded, setUnfolded] = useState<ReadonlySet<string>>(new Set())
  const wanted = search.trim().toLowerCase()
  const found = relations.data?.filter(
    (relation) =>
      relation.name.toLowerCase().includes(wanted) ||
      relation.columns.some((column) => column.name.toLowerCase().includes(wanted)),
  )
  const toggle = (name: string) =>
    setUnfolded((before) => {
      const next = new Set(before)
      if (!next.delete(name)) next.add(name)
      return next
    })
  return (
    <SideList
      title="Data"
      search={{ value: search, onChange: setSearch, label: 'Search relations and columns' }}
    >
      {relations.error && <ErrorNote error={relations.error} />}
      {relations.data?.length === 0 && (
        <EmptyState action={{ label: 'Go to files', onClick: () => showSide('files') }}>
          No relations yet. Import a data file, or run a SQL cell.
        </EmptyState>
      )}
      {found?.length === 0 && relations.data?.length !== 0 && (
        <EmptyState action={{ label: 'Show all', onClick: () => setSearch('') }}>
          No relation or column is called “{search}”.
        </EmptyState>
      )}
      {found?.map((relation) => {
        const open = unfolded.has(relation.name)
        return (
          <div key={relation.name}>
            <div className="sw-data-relation">
              <ActionIcon
                size="xs"
                aria-expanded={open}
                aria-label={`Columns of ${relation.name}`}
                onClick={() => toggle(relation.name)}
              >
                {open ? <ChevronDown size={13} /> : <ChevronRight size={13} />}
              </ActionIcon>
              <SideItem
                icon={
                  relation.problem ? (
                    <TriangleAlert size={14} />
                  ) : relation.kind === 'view' ? (
                    <Eye size={14} />
                  ) : (
                    <Table2 size={14} />
                  )
                }
                title={`${relation.name}, ${relation.kind}${relation.problem ? `\n${relation.problem}` : ''}`}
                end={relation.rows === null ? '' : formatCount(relation.rows)}
                below={
                  relation.problem || (open ? undefined : formatCounted(relation.columns.length, 'column'))
                }
                onOpen={() => openTab({ kind: 'relation', id: relation.name, title: relation.name })}
              >
                {relation.name}
              </SideItem>
            </div>
            {open && (
              <ul className="sw-data-columns" aria-label={`Columns of ${relation.name}`}>
                {relation.columns.map((column) => (
                  <li key={column.name}>
                    <span>{column.name}</span>
                    <span className="sw-muted">{column.type}</span>
                  </li>
                ))}
              </ul>
            )}
          </div>
        )
      })}
    </SideList>
  )
}
