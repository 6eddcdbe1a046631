import { type ClientLink, type ClientOptions, ORPCError } from '@orpc/client'
import { createStore } from 'zustand/vanilla'
import { Failure } from '../shared/failure.ts'
import { type Carrier, type Connection, TokenRefused } from './carrier.ts'

export type ConnectionState =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'ready'; readonly since: number }
  | { readonly kind: 'disconnected'; readonly attempt: number }
  /** It answers, but not to the token of this window. */
  | { readonly kind: 'refused' }

/** Whether it is closed, or is being closed this moment: its calls reject just before. */
function isGone(connection: Connection): Promise<boolean> {
  const closed = connection.closed.then(() => true)
  return Promise.race([closed, new Promise<boolean>((resolve) => setTimeout(() => resolve(false), 50))])
}

const retryDelays = [250, 500, 1000, 2000, 4000]

/**
 * Keeps one connection to the engine, opening another whenever it is lost.
 * Calls made while there is none wait for the next one; calls that were under way reject with a
 * `Failure` of the code `unreachable`.
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
      } catch (error) {
        state.setState(
          error instanceof TokenRefused
            ? { kind: 'refused' }
            : { kind: 'disconnected', attempt: attempt + 1 },
          true,
        )
        await wait(retryDelays[Math.min(attempt, retryDelays.length - 1)] ?? 4000)
      }
    }
  }

  const link: ClientLink<Record<never, never>> = {
    async call(path: readonly string[], input: unknown, options: ClientOptions<Record<never, never>>) {
      const connection = await current
      try {
        return await connection.link.call(path, input, options)
      } catch (error) {
        // What the carrier says of its own end, in its own words, is told as what it is.
        if (error instanceof ORPCError || options.signal?.aborted || !(await isGone(connection))) throw error
        throw new Failure(
          'unreachable',
          'The engine went away before it answered.',
          'It is tried again until it is back; then do again what was not done.',
        )
      }
    },
  }
  return { link, state }
}
