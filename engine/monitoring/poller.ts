/** Pulls in the background: often while someone watches, seldom otherwise, so that nothing is missed for long. */
export interface Poller {
  start(): void
  /** Ends polling and waits for a pull that is under way. */
  stop(): Promise<void>
  /** Someone looks at the numbers now. */
  watched(): void
}

export interface PollerOptions {
  /** Must not reject; an endpoint's problem is its own. */
  pullAll: () => Promise<void>
  now?: () => number
  /** Calls back every `ms` until the answer is called. */
  every?: (ms: number, callback: () => void) => () => void
  watchedMs?: number
  idleMs?: number
}

/** How long after the last look the numbers still count as watched: a window asks every few seconds. */
const attentionMs = 15_000

function everyTimer(ms: number, callback: () => void): () => void {
  const timer = setInterval(callback, ms)
  timer.unref()
  return () => clearInterval(timer)
}

export function createPoller(options: PollerOptions): Poller {
  const { pullAll, now = Date.now, every = everyTimer, watchedMs = 2000, idleMs = 30_000 } = options
  let end: (() => void) | null = null
  let underWay: Promise<void> | null = null
  let lastPull = Number.NEGATIVE_INFINITY
  let lastLook = Number.NEGATIVE_INFINITY

  function tick(): void {
    if (underWay) return
    const interval = now() - lastLook < attentionMs ? watchedMs : idleMs
    if (now() - lastPull < interval) return
    lastPull = now()
    underWay = pullAll().finally(() => {
      underWay = null
    })
  }

  return {
    start() {
      if (end) return
      end = every(Math.min(500, watchedMs), tick)
      tick()
    },
    async stop() {
      end?.()
      end = null
      await underWay
    },
    watched() {
      lastLook = now()
    },
  }
}
