import { useState } from 'react'
import type { MonitoringState } from '../../../shared/contract/monitoring.ts'
import { EmptyState } from '../../ui/EmptyState.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { DriftBars } from './DriftBars.tsx'
import { DriftDetail } from './DriftDetail.tsx'
import { definitions } from './definitions.ts'
import type { Period } from './periods.ts'
import { rankDrift, summariseDrift } from './rank-drift.ts'

const titles = { feature: 'Drift by feature', output: 'Prediction drift' } as const

/** Ranked drift of the features or of the predictions; one of them is opened below the list. */
export function DriftPanel(props: {
  readonly state: MonitoringState
  readonly period: Period
  readonly of: 'feature' | 'output'
}) {
  const { state, period, of: role } = props
  const ranked = rankDrift(state.drift, role)
  const [chosen, setChosen] = useState<string | null>(null)
  const open = ranked.find(({ drift }) => drift.column === chosen) ?? ranked[0]
  const one = role === 'feature' ? 'feature' : 'output'
  return (
    <Panel
      label={titles[role]}
      title={<span title={definitions.psi}>{titles[role]}</span>}
      actions={
        ranked.length > 0 && (
          <span className="sw-monitor-now">
            {summariseDrift(
              ranked.map(({ drift }) => drift),
              one,
            )}
          </span>
        )
      }
    >
      {open === undefined ? (
        <EmptyState>No rows have been scored in this period, so there is nothing to compare.</EmptyState>
      ) : (
        <div className="sw-monitor-drift" data-role={role}>
          <DriftBars ranked={ranked} chosen={open.drift.column} onChoose={setChosen} label={titles[role]} />
          <DriftDetail drift={open.drift} index={open.index} points={state.points} period={period} />
        </div>
      )}
    </Panel>
  )
}
