import { type KeyboardEvent, useRef } from 'react'
import { barScale, type RankedDrift } from './rank-drift.ts'
import { VerdictChip } from './VerdictChip.tsx'

const thresholds = [0.1, 0.25] as const

/** Columns by PSI, largest first. Arrow keys walk, and what has the focus is shown. */
export function DriftBars(props: {
  readonly ranked: readonly RankedDrift[]
  readonly chosen: string
  readonly onChoose: (column: string) => void
  readonly label: string
}) {
  const { ranked, chosen, onChoose, label } = props
  const list = useRef<HTMLDivElement>(null)
  const scale = barScale(ranked.map(({ drift }) => drift))

  const walk = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    if (step === 0) return
    event.preventDefault()
    const at = ranked.findIndex(({ drift }) => drift.column === chosen)
    const next = ranked[at + step]
    if (next === undefined) return
    onChoose(next.drift.column)
    list.current?.querySelectorAll<HTMLElement>('[role="option"]')[at + step]?.focus()
  }

  return (
    <div
      className="sw-monitor-bars"
      role="listbox"
      aria-label={label}
      ref={list}
      onKeyDown={walk}
      tabIndex={-1}
    >
      {ranked.map(({ drift }) => (
        <button
          type="button"
          role="option"
          key={drift.column}
          className="sw-monitor-bar-row"
          aria-selected={drift.column === chosen}
          tabIndex={drift.column === chosen ? 0 : -1}
          title={drift.note}
          onClick={() => onChoose(drift.column)}
        >
          <span className="sw-monitor-bar-name">{drift.column}</span>
          <span className="sw-monitor-bar" aria-hidden>
            <span
              data-verdict={drift.verdict}
              style={{ width: `${Math.min(100, (Math.max(0, drift.psi) / scale) * 100)}%` }}
            />
            {thresholds.map((threshold) => (
              <i key={threshold} style={{ left: `${(threshold / scale) * 100}%` }} />
            ))}
          </span>
          <span className="sw-monitor-bar-value">
            <span className="sw-visually-hidden">PSI </span>
            {drift.psi.toFixed(2)}
          </span>
          <VerdictChip verdict={drift.verdict} />
        </button>
      ))}
    </div>
  )
}
