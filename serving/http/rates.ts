/** What a client is given of its rate. */
export interface Grant {
  /** Requests that may pass, at most as many as were asked for. */
  granted: number
  /** Seconds until the next one may; 0 when any was granted. */
  waitSeconds: number
}

/** Decides how often each client may ask. */
export interface Rates {
  /** Seconds that a client must wait for its next request; 0 when this one may pass. */
  wait(client: string): number | Promise<number>
}

/** Clients whose rate is remembered at most; the longest silent one is forgotten. */
const clientsAtMost = 10_000

/** Values by client, the longest unused one forgotten first. */
function createRemembered<T>(make: () => T): (client: string) => T {
  const values = new Map<string, T>()
  return (client) => {
    const value = values.get(client) ?? make()
    values.delete(client)
    values.set(client, value)
    if (values.size > clientsAtMost) {
      const oldest = values.keys().next()
      if (!oldest.done) values.delete(oldest.value)
    }
    return value
  }
}

/** A bucket of tokens for each client: a burst of a second's worth, refilled at the rate. */
export function createRates(
  perSecond: number,
  now: () => number = () => performance.now(),
): Rates & { grant(client: string, wanted: number): Grant } {
  const burst = Math.max(1, perSecond)
  const bucketOf = createRemembered(() => ({ tokens: burst, at: now() }))
  const grant = (client: string, wanted: number): Grant => {
    const bucket = bucketOf(client)
    const time = now()
    bucket.tokens = Math.min(burst, bucket.tokens + ((time - bucket.at) / 1000) * perSecond)
    bucket.at = time
    if (bucket.tokens < 1) return { granted: 0, waitSeconds: (1 - bucket.tokens) / perSecond }
    const granted = Math.min(wanted, Math.floor(bucket.tokens))
    bucket.tokens -= granted
    return { granted, waitSeconds: 0 }
  }
  return { grant, wait: (client) => grant(client, 1).waitSeconds }
}

/** How long a worker may use what it was granted; what it does not use by then is lost. */
const leaseMs = 1_000

/**
 * One worker's view of rates that hold over all workers: it asks for several requests at once, a twentieth of a
 * second's worth between them all, so that asking costs little where the rate is high.
 *
 * @param ask the process that keeps the buckets
 */
export function createLeasedRates(
  perSecond: number,
  workers: number,
  ask: (client: string, wanted: number) => Promise<Grant>,
  now: () => number = () => performance.now(),
): Rates {
  const wanted = Math.max(1, Math.floor(perSecond / (20 * workers)))
  const leaseOf = createRemembered(() => ({ left: 0, until: 0, deniedUntil: 0 }))
  return {
    wait(client) {
      const lease = leaseOf(client)
      const time = now()
      if (lease.left > 0 && time < lease.until) {
        lease.left--
        return 0
      }
      if (time < lease.deniedUntil) return (lease.deniedUntil - time) / 1000
      return ask(client, wanted).then(({ granted, waitSeconds }) => {
        if (granted === 0) {
          lease.deniedUntil = now() + waitSeconds * 1000
          return waitSeconds
        }
        lease.left = (now() < lease.until ? lease.left : 0) + granted - 1
        lease.until = now() + leaseMs
        return 0
      })
    },
  }
}
