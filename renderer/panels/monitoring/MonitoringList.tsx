import { useQuery } from '@tanstack/react-query'
import { LayoutList } from 'lucide-react'
import { api } from '../../client.ts'
import { openTab } from '../../shell/open-tab.ts'
import { DeploymentStateDot } from '../../ui/DeploymentState.tsx'
import { formatNumber } from '../../ui/format.ts'
import { QueryView } from '../../ui/QueryView.tsx'
import { SideItem, SideList } from '../../ui/SideList.tsx'
import { definitions } from './definitions.ts'
import { NothingMonitored } from './NothingMonitored.tsx'
import { VerdictChip } from './VerdictChip.tsx'

/** The fleet as a whole, and each deployment with its traffic and its worst drift. */
export function MonitoringList() {
  const deployments = useQuery(api.deployments.list.queryOptions())
  const fleet = useQuery({ ...api.monitoring.fleet.queryOptions(), refetchInterval: 5000 })
  return (
    <SideList title="Monitoring">
      <QueryView query={deployments} loading="Reading the deployments">
        {(all) => {
          if (all.length === 0) return <NothingMonitored />
          const rows = new Map((fleet.data ?? []).map((row) => [row.deployment, row]))
          return (
            <>
              <SideItem
                icon={<LayoutList size={14} aria-hidden />}
                onOpen={() => openTab({ kind: 'fleet', id: 'fleet', title: 'Fleet' })}
              >
                All deployments
              </SideItem>
              {all.map((deployment) => {
                const row = rows.get(deployment.name)
                return (
                  <SideItem
                    key={deployment.name}
                    icon={<DeploymentStateDot state={deployment.state} />}
                    onOpen={() =>
                      openTab({
                        kind: 'monitoring',
                        id: deployment.name,
                        title: `${deployment.name}: monitoring`,
                      })
                    }
                    title={definitions.requestRate}
                    end={row?.worstDrift && <VerdictChip verdict={row.worstDrift.verdict} />}
                    below={
                      row === undefined
                        ? `${deployment.model.name} v${deployment.model.version}`
                        : `${formatNumber(row.requestsPerMinute, 3)} requests / min`
                    }
                  >
                    {deployment.name}
                  </SideItem>
                )
              })}
            </>
          )
        }}
      </QueryView>
    </SideList>
  )
}
