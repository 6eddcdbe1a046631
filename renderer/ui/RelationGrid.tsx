import { keepPreviousData, useQueries, useQuery } from '@tanstack/react-query'
import { useCallback, useMemo, useState } from 'react'
import type { ColumnProfile } from '../../shared/contract/data.ts'
import { api } from '../client.ts'
import { ColumnSpark } from './ColumnSpark.tsx'
import { DataGrid } from './DataGrid.tsx'
import { ErrorNote } from './ErrorNote.tsx'
import type { GridSort } from './GridHeader.tsx'
import { columnWidths } from './grid-columns.ts'
import { windowRows, windowsFor } from './grid-window.ts'

/** All rows of a relation, read in windows as they come into sight, sorted by a click on a header. */
export function RelationGrid(props: {
  readonly relation: string
  /** Sparklines of the visible columns in the header. */
  readonly profile?: boolean
  readonly height?: number
}) {
  const { relation, profile = false, height } = props
  const [sort, setSort] = useState<GridSort | undefined>()
  const [rows, setRows] = useState({ first: 0, end: 0 })
  const [columnsInView, setColumnsInView] = useState({ first: 0, end: 0 })
  const order = sort ? { sort: [sort] } : {}
  const windowOptions = (index: number) =>
    api.data.window.queryOptions({
      input: { relation, offset: index * windowRows, limit: windowRows, ...order },
    })

  const head = useQuery({ ...windowOptions(0), placeholderData: keepPreviousData })
  const indexes = windowsFor(rows.first, rows.end).filter((index) => index > 0)
  const others = useQueries({ queries: indexes.map(windowOptions) })
  const loaded = new Map(indexes.map((index, at) => [index, others[at]?.data] as const))
  loaded.set(0, head.data)

  const headColumns = head.data?.columns
  const headRows = head.data?.rows
  const columns = useMemo(() => columnWidths(headColumns ?? [], headRows ?? []), [headColumns, headRows])

  // Whole blocks of ten, so that scrolling sideways reads each column's profile once.
  const blocks = useMemo(() => {
    const names = columns.map((column) => column.name)
    const wanted: string[][] = []
    for (let at = 0; at < names.length; at += 10) {
      if (at < columnsInView.end && at + 10 > columnsInView.first) wanted.push(names.slice(at, at + 10))
    }
    return profile ? wanted : []
  }, [columns, columnsInView, profile])
  const profileQueries = useQueries({
    queries: blocks.map((names) => api.data.profile.queryOptions({ input: { relation, columns: names } })),
  })
  const profiles = new Map<string, ColumnProfile>()
  for (const query of profileQueries) for (const column of query.data ?? []) profiles.set(column.name, column)

  const onView = useCallback((seen: typeof rows, seenColumns: typeof rows) => {
    setRows(seen)
    setColumnsInView(seenColumns)
  }, [])

  const failed = head.error ?? others.find((query) => query.error)?.error
  if (failed)
    return <ErrorNote error={failed} action={{ label: 'Read again', onClick: () => head.refetch() }} />
  if (!head.data) return <div className="sw-grid-waiting" style={{ height: height ?? 120 }} aria-busy />
  return (
    <DataGrid
      label={`Rows of ${relation}`}
      columns={columns}
      total={head.data.total}
      rowAt={(index) => loaded.get(Math.floor(index / windowRows))?.rows[index % windowRows]}
      onView={onView}
      sort={sort}
      onSort={setSort}
      {...(height === undefined ? {} : { height })}
      {...(profile
        ? {
            headerHeight: 66,
            headerExtra: (index: number) => {
              const column = columns[index]
              return <ColumnSpark profile={column && profiles.get(column.name)} rows={head.data.total} />
            },
          }
        : {})}
    />
  )
}
