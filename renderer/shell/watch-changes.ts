import type { QueryClient } from '@tanstack/react-query'
import { api, engine, follow } from '../client.ts'

type Area = 'workspace' | 'files' | 'relations' | 'models' | 'bundles' | 'deployments' | 'monitoring'

/** What is read again when an area changed. */
const affected: Readonly<Record<Area, readonly (readonly unknown[])[]>> = {
  workspace: [api.workspace.current.key(), api.workspace.recent.key()],
  files: [api.workspace.files.key()],
  relations: [api.data.key(), api.workspace.current.key()],
  models: [api.models.key()],
  bundles: [api.bundles.key()],
  deployments: [api.deployments.key(), api.monitoring.fleet.key()],
  monitoring: [api.monitoring.key()],
}

/** Reads lists again when the engine says that they changed. The answer stops watching. */
export function watchChanges(client: QueryClient): () => void {
  const stop = new AbortController()
  follow(
    (signal) => engine.workspace.changes(undefined, { signal }),
    ({ area }) => {
      for (const queryKey of affected[area]) client.invalidateQueries({ queryKey })
    },
    stop.signal,
  )
  return () => stop.abort()
}
