/**
 * Turns a subscription into an async iterator that ends with the subscriber's connection.
 *
 * @param subscribe is given a function that pushes one value, and answers how to unsubscribe
 * @param latestOnly keeps only the newest value while the reader is busy: for states, not for histories
 */
export async function* eventStream<T>(
  subscribe: (push: (value: T) => void) => () => void,
  signal: AbortSignal | undefined,
  latestOnly = false,
): AsyncGenerator<T, void, void> {
  let queue: T[] = []
  let wake: () => void = () => {}
  const unsubscribe = subscribe((value) => {
    if (latestOnly) queue = [value]
    else queue.push(value)
    wake()
  })
  const onAbort = () => wake()
  signal?.addEventListener('abort', onAbort)
  try {
    while (!signal?.aborted) {
      const next = queue.shift()
      if (next !== undefined) {
        yield next
        continue
      }
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
  } finally {
    signal?.removeEventListener('abort', onAbort)
    unsubscribe()
  }
}
