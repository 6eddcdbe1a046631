import { Button } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Table2 } from 'lucide-react'
import { api } from '../../client.ts'
import { noticeFailure } from '../../shell/notice.ts'
import { openTab, type TabProps } from '../../shell/open-tab.ts'
import { formatBytes, formatCounted } from '../../ui/format.ts'
import { QueryView } from '../../ui/QueryView.tsx'
import { StaticGrid } from '../../ui/StaticGrid.tsx'
import { Time } from '../../ui/Time.tsx'

const shownRows = 200

/** A data file as it lies in its folder: its first rows, without importing it. */
export function FilePage({ id }: TabProps) {
  const preview = useQuery(api.data.preview.queryOptions({ input: { path: id, limit: shownRows } }))
  const imported = useMutation(
    api.data.importPath.mutationOptions({
      onSuccess: ({ name }) => openTab({ kind: 'relation', id: name, title: name }),
      onError: (error) => noticeFailure(`Importing ${id}`, error),
    }),
  )
  const { data } = preview
  return (
    <div className="sw-relation">
      <header className="sw-toolbar">
        <h1>{id}</h1>
        {data && (
          <span className="sw-muted">
            file · {data.more ? 'first ' : ''}
            {formatCounted(data.rows.length, 'row')} · {formatCounted(data.columns.length, 'column')} ·{' '}
            {formatBytes(data.bytes)} · changed <Time at={data.modified} />
          </span>
        )}
        <span className="sw-toolbar-gap" />
        <Button
          variant="default"
          size="compact-sm"
          leftSection={<Table2 size={13} />}
          disabled={!data}
          loading={imported.isPending}
          onClick={() => imported.mutate({ path: id })}
        >
          Import as a relation
        </Button>
      </header>
      <div className="sw-relation-grid">
        <QueryView query={preview} loading={`Reading ${id}`}>
          {({ columns, rows }) => (
            <StaticGrid label={`First rows of ${id}`} columns={columns} rows={rows} height="fill" />
          )}
        </QueryView>
      </div>
    </div>
  )
}
