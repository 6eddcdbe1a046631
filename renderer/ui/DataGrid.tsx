import {
  type KeyboardEvent,
  type MouseEvent,
  type ReactNode,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react'
import { formatCount } from './format.ts'
import { GridCell } from './GridCell.tsx'
import { type GridColumn, GridHeader, type GridSort } from './GridHeader.tsx'
import { columnOffsets, visibleColumns } from './grid-columns.ts'
import { type Cursor, moveCursor } from './grid-cursor.ts'
import { rowHeight, viewAt } from './grid-window.ts'

/** A scrolled region has to be reachable by keyboard. */
const tabStop = 0

interface Range {
  readonly first: number
  readonly end: number
}

/**
 * Rows of any number, of which only the visible ones are asked for and drawn.
 * `rowAt` answers undefined for a row that is still being read; `onView` says which rows and columns are in sight.
 */
export function DataGrid(props: {
  readonly label: string
  readonly columns: readonly GridColumn[]
  readonly total: number
  readonly rowAt: (index: number) => readonly unknown[] | undefined
  readonly onView?: (rows: Range, columns: Range) => void
  readonly sort?: GridSort | undefined
  readonly onSort?: (sort: GridSort | undefined) => void
  /** Stands in the header under a column's name, such as its sparkline; `headerHeight` then leaves room. */
  readonly headerExtra?: (column: number) => ReactNode
  readonly headerHeight?: number
  /** Pixels; without it the grid fills its parent. */
  readonly height?: number
}) {
  const { columns, total, onView, headerHeight = 30 } = props
  const scroller = useRef<HTMLDivElement>(null)
  const [scroll, setScroll] = useState({ top: 0, left: 0 })
  const [size, setSize] = useState({ width: 600, height: 300 })
  const [active, setActive] = useState<Cursor | undefined>()
  const offsets = useMemo(() => columnOffsets(columns), [columns])
  const room = Math.max(0, size.height - headerHeight)
  const view = viewAt(total, scroll.top, room)
  const shown = visibleColumns(offsets, scroll.left, size.width)
  const numbers = 20 + 7 * formatCount(total).length
  const width = (offsets.at(-1) ?? 0) + numbers

  useLayoutEffect(() => {
    const element = scroller.current
    if (!element) return
    const measure = () => {
      if (element.clientHeight > 0) setSize({ width: element.clientWidth, height: element.clientHeight })
    }
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    return () => observer.disconnect()
  }, [])

  useEffect(() => {
    onView?.({ first: view.first, end: view.end }, { first: shown.first, end: shown.end })
  }, [onView, view.first, view.end, shown.first, shown.end])

  const reveal = (cursor: Cursor) => {
    const element = scroller.current
    if (!element) return
    const scaled = view.height < total * rowHeight
    const top = scaled ? (cursor.row / Math.max(1, total - 1)) * (view.height - room) : cursor.row * rowHeight
    if (top < element.scrollTop || scaled) element.scrollTop = top
    else if (top + rowHeight > element.scrollTop + room) element.scrollTop = top + rowHeight - room
    const left = offsets[cursor.column] ?? 0
    const right = (offsets[cursor.column + 1] ?? left) + numbers
    if (left < element.scrollLeft) element.scrollLeft = left
    else if (right > element.scrollLeft + size.width) element.scrollLeft = right - size.width
  }

  const onKeyDown = (event: KeyboardEvent) => {
    const page = Math.max(1, Math.floor(room / rowHeight) - 1)
    const next = moveCursor(active, event, { rows: total, columns: columns.length, page })
    if (next) {
      event.preventDefault()
      event.stopPropagation()
      setActive(next)
      reveal(next)
    } else if (event.key === 'c' && (event.ctrlKey || event.metaKey) && active) {
      const value = props.rowAt(active.row)?.[active.column]
      navigator.clipboard.writeText(value === null || value === undefined ? '' : String(value))
    }
  }

  const onMouseDown = (event: MouseEvent) => {
    const cell = (event.target as HTMLElement).closest<HTMLElement>('[data-column]')
    const row = cell?.closest<HTMLElement>('[data-row]')
    if (cell && row) setActive({ row: Number(row.dataset.row), column: Number(cell.dataset.column) })
  }

  const indexes = Array.from({ length: view.end - view.first }, (_, index) => view.first + index)
  const shownColumns = columns.slice(shown.first, shown.end)
  const gap = offsets[shown.first] ?? 0
  return (
    <section
      ref={scroller}
      className="sw-grid"
      aria-label={props.label}
      tabIndex={tabStop}
      onKeyDown={onKeyDown}
      onMouseDown={onMouseDown}
      style={{ height: props.height ?? '100%' }}
      onScroll={(event) =>
        setScroll({ top: event.currentTarget.scrollTop, left: event.currentTarget.scrollLeft })
      }
    >
      <table
        aria-label={props.label}
        aria-rowcount={total + 1}
        aria-colcount={columns.length}
        style={{ width }}
      >
        <thead className="sw-grid-head" style={{ height: headerHeight }}>
          <tr>
            <th className="sw-grid-number" style={{ width: numbers, marginRight: gap }}>
              <span className="sw-visually-hidden">Row</span>
            </th>
            {shownColumns.map((column, index) => (
              <GridHeader
                key={column.name}
                column={column}
                index={shown.first + index}
                sort={props.sort}
                onSort={props.onSort}
                extra={props.headerExtra?.(shown.first + index)}
              />
            ))}
          </tr>
        </thead>
        {/* As tall as all rows; those in sight are moved to where they belong. */}
        <tbody style={{ height: view.height }}>
          {indexes.map((row) => {
            const values = props.rowAt(row)
            return (
              <tr
                key={row}
                className="sw-grid-row"
                data-row={row}
                aria-rowindex={row + 2}
                style={{ top: view.top + (row - view.first) * rowHeight }}
              >
                <td className="sw-grid-number" style={{ width: numbers, marginRight: gap }} aria-hidden>
                  {formatCount(row + 1)}
                </td>
                {shownColumns.map((column, index) => (
                  <GridCell
                    key={column.name}
                    value={values?.[shown.first + index]}
                    loading={values === undefined}
                    column={column}
                    index={shown.first + index}
                    active={active?.row === row && active.column === shown.first + index}
                  />
                ))}
              </tr>
            )
          })}
        </tbody>
      </table>
    </section>
  )
}
