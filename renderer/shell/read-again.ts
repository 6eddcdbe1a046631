import type { Query, QueryClient } from '@tanstack/react-query'
import type { ChangedArea } from '../../shared/contract/workspace.ts'
import type { api } from '../client.ts'

type Api = typeof api

/** What is read again when an area changed. */
const affected = (api: Api): Readonly<Record<ChangedArea, readonly (readonly unknown[])[]>> => ({
  workspace: [api.workspace.current.key(), api.workspace.recent.key()],
  files: [api.workspace.files.key()],
  relations: [api.data.key(), api.workspace.current.key()],
  models: [api.models.key()],
  bundles: [api.bundles.key()],
  deployments: [api.deployments.key(), api.monitoring.fleet.key()],
  monitoring: [api.monitoring.key(), api.data.relations.key()],
})

/** Rows or profiles of a relation that monitoring writes, such as `monitoring.windows`. */
function ofMonitoring({ queryKey }: Pick<Query, 'queryKey'>): boolean {
  const [, options] = queryKey as [unknown, { input?: { relation?: unknown } }?]
  return String(options?.input?.relation ?? '').startsWith('monitoring.')
}

/** Reads again what is shown of an area, and the rest when it is next shown. */
export function readAgain(client: QueryClient, api: Api, changed: ChangedArea): void {
  for (const queryKey of affected(api)[changed]) client.invalidateQueries({ queryKey })
  if (changed === 'monitoring')
    client.invalidateQueries({ queryKey: api.data.key(), predicate: ofMonitoring })
}
