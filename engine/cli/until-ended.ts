/** A promise that resolves at Ctrl+C, at a request to end, or when `end` is called. */
export function untilEnded(): { promise: Promise<void>; end(): void } {
  let end: () => void = () => {}
  const promise = new Promise<void>((resolve) => {
    end = resolve
  })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, end)
  return { promise, end }
}
