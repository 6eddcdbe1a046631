import type { ChildProcess, Serializable } from 'node:child_process'

interface Closable {
  close(): void
}

/** How long after its end what a worker had said is waited for. */
const lastWordsMs = 100

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null

const isClosable = (value: unknown): value is Closable => isRecord(value) && typeof value.close === 'function'

/**
 * Closes connections that were on their way to a worker when it ended.
 *
 * Node's cluster module keeps its own end of a connection open until the worker says that it has taken it; a worker
 * that is killed never does, and the client would wait until it gives up. What Node sends and hears is looked at here,
 * since it tells nobody: messages of `cmd` NODE_CLUSTER, `act` newconn with a number `seq`, answered by `ack`. Where a
 * version of Node words them differently, nothing is closed and nothing else changes.
 */
export function closeAbandoned(child: ChildProcess): void {
  const underWay = new Map<unknown, Closable>()
  const send = child.send.bind(child) as (...args: readonly unknown[]) => boolean
  const watched = (message: Serializable, handle?: unknown, ...rest: readonly unknown[]): boolean => {
    if (isRecord(message) && message.act === 'newconn' && message.seq !== undefined && isClosable(handle)) {
      underWay.set(message.seq, handle)
    }
    return send(message, handle, ...rest)
  }
  Object.assign(child, { send: watched })
  child.on('internalMessage', (message: unknown) => {
    if (isRecord(message) && message.ack !== undefined) underWay.delete(message.ack)
  })
  // `disconnect` does not come while a connection is under way. An answer given just before the end is still read.
  child.once('exit', () => {
    setTimeout(() => {
      for (const handle of underWay.values()) handle.close()
      underWay.clear()
    }, lastWordsMs)
  })
}
