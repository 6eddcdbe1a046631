import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../client.ts'
import { NoModelYet } from '../../shell/NoModelYet.tsx'
import { openTab } from '../../shell/open-tab.ts'
import { DeploymentStateDot } from '../../ui/DeploymentState.tsx'
import { EmptyState } from '../../ui/EmptyState.tsx'
import { QueryView } from '../../ui/QueryView.tsx'
import { SideItem, SideList } from '../../ui/SideList.tsx'

/** Every deployment with its state and where it listens. */
export function DeploymentsList() {
  const [text, setText] = useState('')
  const deployments = useQuery(api.deployments.list.queryOptions())
  return (
    <SideList title="Deployments" search={{ value: text, onChange: setText, label: 'Find a deployment' }}>
      <QueryView query={deployments} loading="Reading the deployments">
        {(all) => {
          if (all.length === 0) return <NoDeployments />
          const found = all.filter((deployment) =>
            `${deployment.name} ${deployment.model.name} ${deployment.endpoint} ${deployment.state}`
              .toLowerCase()
              .includes(text.trim().toLowerCase()),
          )
          if (found.length === 0) {
            return (
              <EmptyState action={{ label: 'Show all deployments', onClick: () => setText('') }}>
                No deployment fits the search.
              </EmptyState>
            )
          }
          return found.map((deployment) => (
            <SideItem
              key={deployment.name}
              icon={<DeploymentStateDot state={deployment.state} />}
              end={
                <span className="sw-muted">
                  {deployment.model.name} v{deployment.model.version}
                </span>
              }
              below={deployment.endpoint.replace(/^https?:\/\//, '')}
              title={deployment.problem === '' ? deployment.endpoint : deployment.problem}
              onOpen={() => openTab({ kind: 'deployment', id: deployment.name, title: deployment.name })}
            >
              {deployment.name}
            </SideItem>
          ))
        }}
      </QueryView>
    </SideList>
  )
}

function NoDeployments() {
  const models = useQuery(api.models.list.queryOptions())
  if (models.isPending) return null
  const newest = models.data?.toSorted((a, b) => b.created.localeCompare(a.created))[0]
  if (newest === undefined) {
    return <NoModelYet>A deployment appears here when a model has been packaged and deployed.</NoModelYet>
  }
  const label = `${newest.name} v${newest.version}`
  return (
    <EmptyState
      action={{
        label: `Deploy ${label}`,
        onClick: () =>
          openTab({
            kind: 'model',
            id: `${newest.name}:${newest.version}`,
            title: label,
            state: { action: 'deploy' },
          }),
      }}
    >
      Nothing is deployed yet.
    </EmptyState>
  )
}
