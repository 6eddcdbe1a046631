import { useMemo } from 'react'
import { DataGrid } from './DataGrid.tsx'
import { columnWidths } from './grid-columns.ts'
import { rowHeight } from './grid-window.ts'

/** Rows that are here already, in the same grid as relations. */
export function StaticGrid(props: {
  readonly label: string
  readonly columns: readonly { readonly name: string; readonly type: string }[]
  readonly rows: readonly (readonly unknown[])[]
  /** Pixels at most; `fill` takes the room that there is. */
  readonly height?: number | 'fill'
}) {
  const { columns, rows, height = 300 } = props
  const sized = useMemo(() => {
    // Right alignment goes by type; a column without one takes it from its values.
    const typed = columns.map((column, index) => {
      const first = rows.find((row) => row[index] !== null && row[index] !== undefined)?.[index]
      return column.type === '' && typeof first === 'number' ? { ...column, type: 'DOUBLE' } : column
    })
    return columnWidths(typed, rows)
  }, [columns, rows])
  return (
    <DataGrid
      label={props.label}
      columns={sized}
      total={rows.length}
      rowAt={(index) => rows[index]}
      {...(height === 'fill' ? {} : { height: Math.min(height, 30 + rows.length * rowHeight + 14) })}
    />
  )
}
