import type { QueryClient } from '@tanstack/react-query'
import { api, engine, follow } from '../client.ts'
import { readAgain } from './read-again.ts'

/** Reads lists again when the engine says that they changed. The answer stops watching. */
export function watchChanges(client: QueryClient): () => void {
  const stop = new AbortController()
  follow(
    (signal) => engine.workspace.changes(undefined, { signal }),
    ({ area }) => readAgain(client, api, area),
    stop.signal,
  )
  return () => stop.abort()
}
