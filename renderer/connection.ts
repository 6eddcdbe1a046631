import type { ClientLink, ClientOptions } from '@orpc/client'
import { createStore } from 'zustand/vanilla'
import type { Carrier, Connection } from './carrier.ts'

export type ConnectionState =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'ready'; readonly since: number }
  | { readonly kind: 'disconnected'; readonly attempt: number }

const retryDelays = [250, 500, 1000, 2000, 4000]

/**
 * Keeps one connection to the engine, opening another whenever it is lost.
 * Calls made while there is none wait for the next one; calls that were under way reject.
 */
export function createEngineLink(
  carrier: Carrier,
  wait: (ms: number) => Promise<void> = (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
) {
  const state = createStore<ConnectionState>(() => ({ kind: 'connecting' }))
  let current = connect()

  async function connect(): Promise<Connection> {
    for (let attempt = 0; ; attempt++) {
      try {
        const connection = await carrier()
        state.setState({ kind: 'ready', since: Date.now() }, true)
        connection.closed.then(() => {
          state.setState({ kind: 'disconnected', attempt: 0 }, true)
          current = connect()
        })
        return connection
      } catch {
        state.setState({ kind: 'disconnected', attempt: attempt + 1 }, true)
        await wait(retryDelays[Math.min(attempt, retryDelays.length - 1)] ?? 4000)
      }
    }
  }

  const link: ClientLink<Record<never, never>> = {
    async call(path: readonly string[], input: unknown, options: ClientOptions<Record<never, never>>) {
      const connection = await current
      return connection.link.call(path, input, options)
    },
  }
  return { link, state }
}
