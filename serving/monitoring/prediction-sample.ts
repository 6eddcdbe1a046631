/** HOT: decides of every predicted row whether it is logged (benchmark: bench/serving.ts). */

/**
 * The predictions that are logged: all of a second in which they are few, else a sample of at most so many.
 *
 * Which ones, a hash of their ids decides, never their place in a request or when in the second they came: a row is in
 * when its hash lies below a threshold, which falls as the second brings more rows, and what was in before the
 * threshold fell is let go. So every row of a second has the same chance, and what feedback is compared with is no more
 * of what happened to come first. Entries of a busy second therefore wait until it is over, or are asked for.
 */
export interface PredictionSample {
  /** So many rows come next, in this turn. */
  begin(rows: number): void
  /** Whether the row is in, as it looks now. @param hash of its id, 32 bits */
  wants(hash: number): boolean
  /** The entry of the row that was wanted last. */
  add(entry: string): void
  /** Entries that were not taken yet. */
  readonly waiting: number
  /**
   * Entries of seconds that are over, and of the running one unless it or the one before is busy.
   *
   * @param all of a busy one too; its later rows share what room these leave
   */
  take(all: boolean): string[]
}

const everyHash = 2 ** 32

export function createPredictionSample(perSecond: number, now: () => number = Date.now): PredictionSample {
  const secondOf = () => Math.floor(now() / 1000)
  let second = secondOf()
  /** Entries that the rest of the second may still bring. */
  let room = perSecond
  let rows = 0
  /** The second before had more rows than are logged, and so will this one. */
  let busy = false
  let below = everyHash
  let latest = 0
  let entries: string[] = []
  let hashes: number[] = []
  let settled: string[] = []

  const letGo = () => {
    let kept = 0
    for (let i = 0; i < entries.length; i++) {
      if (hashes[i]! >= below) continue
      entries[kept] = entries[i]!
      hashes[kept++] = hashes[i]!
    }
    entries.length = kept
    hashes.length = kept
  }
  const settle = () => {
    letGo()
    if (entries.length > room) {
      // By chance a few too many: those of the smallest hashes are as fair a sample.
      below = Float64Array.from(hashes).sort()[room]!
      letGo()
    }
    room -= entries.length
    settled = settled.length === 0 ? entries : settled.concat(entries)
    entries = []
    hashes = []
    rows = 0
    below = everyHash
  }
  const look = () => {
    const current = secondOf()
    if (current === second) return
    busy = current === second + 1 && rows > room
    settle()
    second = current
    room = perSecond
  }

  return {
    begin(count) {
      look()
      rows += count
      if (rows <= room) return
      below = (room / rows) * everyHash
      if (entries.length > 2 * room) letGo()
    },
    wants(hash) {
      latest = hash
      return hash < below
    },
    add(entry) {
      entries.push(entry)
      hashes.push(latest)
    },
    get waiting() {
      return settled.length + entries.length
    },
    take(all) {
      look()
      if (all || (!busy && rows <= room)) settle()
      const taken = settled
      settled = []
      return taken
    },
  }
}
