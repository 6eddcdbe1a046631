/** One value a step of time. */
export interface Bucket<T> {
  /** Number of steps since the epoch. */
  slot: number
  value: T
}

/** Milliseconds since the epoch; `to` is left out. */
export type Range = readonly [from: number, to: number]

/**
 * Keeps the buckets of steps that lie whole in what was asked for, so that looking again at a month adds up only
 * what is new. A bucket is forgotten when a window of its step is stored.
 */
export interface BucketCache {
  /**
   * @param about what the buckets are of: `key` says all that they depend on besides deployment, time and step
   * @param read adds up a range whose inner borders are those of steps, oldest first
   */
  buckets<T>(
    about: { deployment: string; key: string },
    period: { from: number; to: number },
    step: number,
    read: (range: Range) => Promise<Bucket<T>[]>,
  ): Promise<Bucket<T>[]>
  /** Windows that start at these times were stored or replaced. */
  changed(deployment: string, starts: readonly number[]): void
}

interface Kept {
  deployment: string
  step: number
  /** Null: a step without windows. */
  slots: Map<number, unknown>
}

/** Kept at most: a few deployments, each looked at in a few spans. */
const keysAtMost = 40
/** Charts have some hundred points; spans of more steps than this are read anew each time. */
const stepsAtMost = 2000

export function createBucketCache(): BucketCache {
  const all = new Map<string, Kept>()
  let writes = 0

  function keptFor(deployment: string, key: string, step: number): Kept {
    const name = JSON.stringify([deployment, key, step])
    const kept = all.get(name) ?? { deployment, step, slots: new Map<number, unknown>() }
    all.delete(name)
    all.set(name, kept)
    for (const oldest of all.keys()) {
      if (all.size <= keysAtMost) break
      all.delete(oldest)
    }
    return kept
  }

  return {
    async buckets<T>(
      { deployment, key }: { deployment: string; key: string },
      { from, to }: { from: number; to: number },
      step: number,
      read: (range: Range) => Promise<Bucket<T>[]>,
    ): Promise<Bucket<T>[]> {
      if ((to - from) / step > stepsAtMost) return read([from, to])
      const { slots } = keptFor(deployment, key, step)
      const first = Math.ceil(from / step)
      const end = Math.max(Math.floor(to / step), first)
      for (const slot of slots.keys()) if (slot < first) slots.delete(slot)
      const found: Bucket<T>[] = []
      // Steps in a row that are not known are read at once, the cut ones at both ends with them.
      let unread = from
      async function readUpTo(until: number): Promise<void> {
        if (until <= unread) return
        const before = writes
        const buckets = await read([unread, until])
        if (writes === before) {
          for (let slot = Math.ceil(unread / step); (slot + 1) * step <= until; slot++) slots.set(slot, null)
          for (const bucket of buckets) if (slots.has(bucket.slot)) slots.set(bucket.slot, bucket.value)
        }
        found.push(...buckets)
      }
      for (let slot = first; slot < end; slot++) {
        if (!slots.has(slot)) continue
        const value = slots.get(slot)
        await readUpTo(slot * step)
        unread = (slot + 1) * step
        // Only this key's `read` filled the map.
        if (value !== null) found.push({ slot, value: value as T })
      }
      await readUpTo(to)
      return found
    },
    changed(deployment, starts) {
      writes += 1
      for (const kept of all.values()) {
        if (kept.deployment !== deployment) continue
        for (const start of starts) kept.slots.delete(Math.floor(start / kept.step))
      }
    },
  }
}
