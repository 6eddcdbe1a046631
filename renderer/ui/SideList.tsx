import { TextInput } from '@mantine/core'
import { Search } from 'lucide-react'
import { type ReactNode, useEffect, useRef } from 'react'

/** The frame of a side list: title, actions, optional search, and whatever it lists. */
export function SideList(props: {
  readonly title: string
  readonly actions?: ReactNode
  readonly search?: {
    readonly value: string
    readonly onChange: (value: string) => void
    readonly label: string
  }
  readonly children: ReactNode
}) {
  const list = useRef<HTMLDivElement>(null)
  // Heard from outside: the list itself is no control, its items are.
  useEffect(() => {
    const body = list.current
    const onKey = (event: KeyboardEvent) => moveFocus(event, body)
    body?.addEventListener('keydown', onKey)
    return () => body?.removeEventListener('keydown', onKey)
  }, [])
  return (
    <section className="sw-side" aria-label={props.title}>
      <header className="sw-side-head">
        <h2>{props.title}</h2>
        <div className="sw-panel-actions">{props.actions}</div>
      </header>
      {props.search && (
        <TextInput
          className="sw-side-search"
          aria-label={props.search.label}
          placeholder={props.search.label}
          leftSection={<Search size={13} aria-hidden />}
          value={props.search.value}
          onChange={(event) => props.search?.onChange(event.currentTarget.value)}
        />
      )}
      <div className="sw-side-body" ref={list}>
        {props.children}
      </div>
    </section>
  )
}

/** Up and down walk through the items, so that a long list costs one Tab stop to pass an item, not many. */
function moveFocus(event: KeyboardEvent, list: HTMLElement | null) {
  if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return
  const items = [...(list?.querySelectorAll<HTMLElement>('.sw-side-item-main') ?? [])]
  const at = items.indexOf(document.activeElement as HTMLElement)
  if (at < 0) return
  event.preventDefault()
  items[at + (event.key === 'ArrowDown' ? 1 : -1)]?.focus()
}

/** One line of a side list. `end` stands at its right; `below` is a second, muted line under both. */
export function SideItem(props: {
  readonly onOpen: () => void
  readonly children: ReactNode
  readonly icon?: ReactNode
  readonly end?: ReactNode
  readonly below?: ReactNode
  readonly selected?: boolean
  /** Depth in a tree, from 0. */
  readonly depth?: number
  readonly title?: string
  readonly expanded?: boolean
  readonly actions?: ReactNode
}) {
  return (
    <div className="sw-side-item" data-selected={props.selected || undefined}>
      <button
        type="button"
        className="sw-side-item-main"
        style={props.depth ? { paddingLeft: 12 + props.depth * 14 } : undefined}
        onClick={props.onOpen}
        title={props.title}
        aria-current={props.selected || undefined}
        aria-expanded={props.expanded}
      >
        {props.icon !== undefined && <span className="sw-side-item-icon">{props.icon}</span>}
        <span className="sw-side-item-text">
          <span className="sw-side-item-line">
            <span className="sw-side-item-name">{props.children}</span>
            {props.end !== undefined && <span className="sw-side-item-end">{props.end}</span>}
          </span>
          {props.below !== undefined && <span className="sw-side-item-below">{props.below}</span>}
        </span>
      </button>
      {props.actions !== undefined && <span className="sw-side-item-actions">{props.actions}</span>}
    </div>
  )
}
