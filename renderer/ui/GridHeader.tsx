import { ArrowDown, ArrowUp } from 'lucide-react'
import type { ReactNode } from 'react'

export interface GridColumn {
  readonly name: string
  readonly type: string
  /** Pixels. */
  readonly width: number
}

export interface GridSort {
  readonly column: string
  readonly descending: boolean
}

/** A column's name, which sorts when clicked: ascending, descending, as it was. */
export function GridHeader(props: {
  readonly column: GridColumn
  readonly index: number
  readonly sort: GridSort | undefined
  readonly onSort: ((sort: GridSort | undefined) => void) | undefined
  readonly extra: ReactNode
}) {
  const { column, sort, onSort } = props
  const sorted = sort?.column === column.name ? (sort.descending ? 'descending' : 'ascending') : 'none'
  const next = () => {
    if (sorted === 'none') onSort?.({ column: column.name, descending: false })
    else if (sorted === 'ascending') onSort?.({ column: column.name, descending: true })
    else onSort?.(undefined)
  }
  return (
    <th
      scope="col"
      aria-sort={sorted}
      aria-colindex={props.index + 1}
      className="sw-grid-header"
      style={{ width: column.width }}
    >
      <button
        type="button"
        disabled={!onSort}
        onClick={next}
        title={[column.name, column.type, onSort ? 'click to sort' : ''].filter((part) => part).join(' · ')}
      >
        <span>{column.name}</span>
        {sorted === 'ascending' && <ArrowUp size={12} aria-hidden />}
        {sorted === 'descending' && <ArrowDown size={12} aria-hidden />}
      </button>
      {props.extra}
    </th>
  )
}
