import { formatCell, wholeCell } from './format-cell.ts'
import type { GridColumn } from './GridHeader.tsx'
import { isNumeric } from './numeric-type.ts'

export function GridCell(props: {
  readonly value: unknown
  readonly loading: boolean
  readonly column: GridColumn
  readonly index: number
  readonly active: boolean
}) {
  const { value, column } = props
  const text = props.loading ? '' : formatCell(value, column.type)
  const missing = !props.loading && (value === null || value === undefined)
  return (
    <td
      className="sw-grid-cell"
      data-column={props.index}
      data-active={props.active || undefined}
      data-numeric={isNumeric(column.type) || undefined}
      data-missing={missing || undefined}
      style={{ width: column.width }}
      title={wholeCell(value, column.type) ?? (text.length * 7 > column.width ? text : undefined)}
    >
      {missing ? 'null' : text}
    </td>
  )
}
