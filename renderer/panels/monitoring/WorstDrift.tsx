import type { FleetRow } from '../../../shared/contract/monitoring.ts'
import { formatNumber } from '../../ui/format.ts'
import { definitions } from './definitions.ts'
import { verdictNames } from './rank-drift.ts'
import { VerdictChip } from './VerdictChip.tsx'

/** The column that has moved most, for a table's cell. */
export function WorstDrift({ worst }: { readonly worst: FleetRow['worstDrift'] }) {
  if (worst === null) return '–'
  return (
    <span className="sw-monitor-worst">
      <VerdictChip verdict={worst.verdict} title={definitions.psi} />
      <span title={`${verdictNames[worst.verdict]}: PSI of ${worst.column}`}>
        {worst.column} <span className="sw-muted">PSI {formatNumber(worst.psi, 2)}</span>
      </span>
    </span>
  )
}
