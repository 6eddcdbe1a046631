import { createORPCClient, ORPCError } from '@orpc/client'
import type { ContractRouterClient } from '@orpc/contract'
import { createTanstackQueryUtils } from '@orpc/tanstack-query'
import { QueryClient } from '@tanstack/react-query'
import { useStore } from 'zustand'
import type { contract } from '../shared/contract/contract.ts'
import { Failure, type FailureData, failureSchema } from '../shared/failure.ts'
import { createCarrier } from './carrier.ts'
import { type ConnectionState, createEngineLink } from './connection.ts'

export type EngineClient = ContractRouterClient<typeof contract>

const engineLink = createEngineLink(createCarrier())

/** Calls the engine: `await engine.models.list()`. Rejects with an error that `failureOf` explains. */
export const engine: EngineClient = createORPCClient(engineLink.link)

/** Query and mutation options by procedure: `useQuery(api.models.list.queryOptions())`. */
export const api = createTanstackQueryUtils(engine)

export const queryClient = new QueryClient({
  defaultOptions: {
    // The engine says what changed (`watchChanges`), so by default nothing is read again on a timer or on focus.
    queries: {
      staleTime: Number.POSITIVE_INFINITY,
      retry: false,
      refetchOnWindowFocus: false,
      networkMode: 'always',
    },
    mutations: { retry: false, networkMode: 'always' },
  },
})

export const connectionState = engineLink.state

export function useConnection(): ConnectionState {
  return useStore(engineLink.state)
}

/** What an error from the engine (or of this window) says to the user. */
export function failureOf(error: unknown): FailureData {
  if (error instanceof Failure) return error.toData()
  if (error instanceof ORPCError) {
    const parsed = failureSchema.safeParse(error.data)
    if (parsed.success) return parsed.data
  }
  return {
    code: 'failed',
    message: error instanceof Error ? error.message : String(error),
    whatToDo: 'Try again. If it keeps failing, restart the engine.',
  }
}

/**
 * Reads an event stream of the engine until `signal` is aborted, subscribing again whenever the connection was lost.
 * Streams start with the whole state, so nothing is missed in between.
 */
export async function follow<T>(
  open: (signal: AbortSignal) => Promise<AsyncIterable<T>>,
  each: (value: T) => void,
  signal: AbortSignal,
  onError: (error: unknown) => void = () => {},
): Promise<void> {
  while (!signal.aborted) {
    try {
      for await (const value of await open(signal)) {
        if (signal.aborted) return
        each(value)
      }
    } catch (error) {
      if (signal.aborted) return
      onError(error)
    }
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
}
