import type { MonitoringState, VersionTraffic } from '../../../shared/contract/monitoring.ts'
import { formatCount, formatDuration, formatShare } from '../../ui/format.ts'
import { Panel } from '../../ui/Panel.tsx'
import { definitions } from './definitions.ts'
import { WorstDrift } from './WorstDrift.tsx'

const roles: Record<VersionTraffic['role'], string> = {
  active: 'Answers',
  canary: 'Canary',
  shadow: 'Shadow',
}

/** Versions that served in the period, side by side, where there was more than one. */
export function VersionsPanel({ state }: { readonly state: MonitoringState }) {
  if (state.versions.length < 2) return null
  return (
    <Panel label="Versions" title={<span title={definitions.versions}>Versions</span>}>
      <div className="sw-monitor-scroll">
        <table className="sw-table sw-monitor-fleet">
          <thead>
            <tr>
              <th>Version</th>
              <th>Role</th>
              <th data-numeric>Requests</th>
              <th data-numeric>Rows</th>
              <th data-numeric title={definitions.errors}>
                Errors
              </th>
              <th data-numeric title={definitions.p99}>
                p99
              </th>
              <th title={definitions.psi}>Worst drift</th>
            </tr>
          </thead>
          <tbody>
            {state.versions.map(({ version, role, requests, rows, errors, p99, worstDrift }) => (
              <tr key={`${version} ${role}`}>
                <td>
                  {state.model.name} v{version}
                </td>
                <td>{roles[role]}</td>
                <td data-numeric>{role === 'shadow' ? '–' : formatCount(requests)}</td>
                <td data-numeric>{formatCount(rows)}</td>
                <td data-numeric data-bad={errors > 0 || undefined}>
                  {requests === 0 ? '–' : formatShare(errors / requests)}
                </td>
                <td data-numeric>{p99 === null ? '–' : formatDuration(p99 * 1000)}</td>
                <td>
                  <WorstDrift worst={worstDrift} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  )
}
