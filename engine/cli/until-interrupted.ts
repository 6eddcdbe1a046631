/**
 * Does work that Ctrl+C or a request to end stops in order, with what it unpacked removed; a second one ends the process
 * at once.
 */
export async function untilInterrupted<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const stopped = new AbortController()
  const stop = () => stopped.abort()
  const names = ['SIGINT', 'SIGTERM'] as const
  for (const name of names) process.once(name, stop)
  try {
    return await work(stopped.signal)
  } finally {
    for (const name of names) process.off(name, stop)
  }
}
