import { useQuery } from '@tanstack/react-query'
import { api } from '../../client.ts'
import { NoModelYet } from '../../shell/NoModelYet.tsx'
import { openTab } from '../../shell/open-tab.ts'
import { EmptyState } from '../../ui/EmptyState.tsx'

/** Before the first deployment: how to get one. */
export function NothingMonitored() {
  const models = useQuery(api.models.list.queryOptions())
  if (models.isPending) return null
  const newest = models.data?.toSorted((a, b) => b.created.localeCompare(a.created))[0]
  if (newest === undefined) {
    return <NoModelYet>Traffic and drift appear here once a model is deployed.</NoModelYet>
  }
  const title = `${newest.name} v${newest.version}`
  return (
    <EmptyState
      action={{
        label: `Deploy ${title}`,
        onClick: () =>
          openTab({
            kind: 'model',
            id: `${newest.name}:${newest.version}`,
            title,
            state: { action: 'deploy' },
          }),
      }}
    >
      Traffic and drift appear here once a model is deployed.
    </EmptyState>
  )
}
