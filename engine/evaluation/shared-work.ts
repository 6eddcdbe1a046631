/** Work that several may wait for: it starts once, and stops when the last one who waits has gone. */
export interface SharedWork {
  once<T>(key: string, signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T>
}

export function createSharedWork(): SharedWork {
  const running = new Map<string, { promise: Promise<unknown>; waiting: number; stop: AbortController }>()
  return {
    async once<T>(key: string, signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
      let entry = running.get(key)
      if (!entry || entry.stop.signal.aborted) {
        const stop = new AbortController()
        entry = { promise: work(stop.signal), waiting: 0, stop }
        running.set(key, entry)
        const forget = () => {
          if (running.get(key)?.stop === stop) running.delete(key)
        }
        entry.promise.then(forget, forget)
      }
      const shared = entry
      shared.waiting++
      let left = false
      const leave = () => {
        if (left) return
        left = true
        shared.waiting--
        if (shared.waiting === 0) shared.stop.abort()
      }
      if (signal.aborted) leave()
      signal.addEventListener('abort', leave)
      try {
        // The key names the work, so its result is of the type that whoever asked first gave.
        return (await shared.promise) as T
      } finally {
        signal.removeEventListener('abort', leave)
      }
    },
  }
}
