import { createORPCClient } from '@orpc/client'
import { createTanstackQueryUtils } from '@orpc/tanstack-query'
import { QueryClient } from '@tanstack/react-query'
import { expect, test } from 'vitest'
import type { EngineClient } from '../client.ts'
import { readAgain } from './read-again.ts'

/** Keys are made from the names alone; nothing is called. */
const api = createTanstackQueryUtils(createORPCClient<EngineClient>({ call: () => Promise.reject() }))

test('news of monitoring makes stale what reads it, the rows of its relations too, and no other rows', () => {
  const client = new QueryClient()
  const rows = (relation: string) => api.data.window.queryKey({ input: { relation, offset: 0, limit: 10 } })
  const kept = [rows('customers'), rows('monitoring_notes')]
  const stale = [rows('monitoring.windows'), api.data.relations.queryKey(), api.monitoring.fleet.queryKey()]
  for (const key of [...kept, ...stale]) client.setQueryData(key, [] as never)
  readAgain(client, api, 'monitoring')
  for (const key of stale) expect(client.getQueryState(key)?.isInvalidated, JSON.stringify(key)).toBe(true)
  for (const key of kept) expect(client.getQueryState(key)?.isInvalidated, JSON.stringify(key)).toBe(false)
})
