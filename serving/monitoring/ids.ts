import { createHmac, randomBytes } from 'node:crypto'
import { appendFile, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Makes and recognises the ids of predictions. */
export interface Ids extends IdSeries {
  /** Registers the prefix of another process that makes ids for this folder; its ids are known from then on. */
  allot(): Promise<string>
  /**
   * The id was issued here, by this process or by an earlier one with the same state folder, or elsewhere by a server
   * that holds the same key.
   */
  issued(id: string): boolean
}

/** The ids of one process: `<prefix>-<counter>-<check>`, with no random number and no table per prediction. */
export interface IdSeries {
  next(): string
  /** How many there are so far. */
  readonly count: number
  /** 32 bits that look random, made of the id given out last: the same for the same id. */
  readonly hash: number
}

const fileName = 'instances.ndjson'
const idPattern = /^([0-9a-f]{8}|[0-9a-f]{16})-([0-9a-z]{1,11})-([0-9a-z]{2})$/
const prefixPattern = /^([0-9a-f]{8}|[0-9a-f]{16})$/

const mac = (key: string, instance: string) => createHmac('sha256', key).update(instance).digest()

/** A process's prefix; with a key, its second half proves that it was made by someone who holds the key. */
function signed(instance: string, key: string | null): string {
  return key === null ? instance : instance + mac(key, instance).toString('hex', 0, 4)
}

/** What the check characters of a prefix are mixed with. That of a signed prefix can be told from the key alone. */
function seedOf(prefix: string, key: string | null): number {
  const isSigned = prefix.length === 16
  return isSigned && key !== null
    ? mac(key, prefix.slice(0, 8)).readInt32BE(4)
    : Number.parseInt(prefix.slice(0, 8), 16) | 0
}

/** Mixes a counter with its prefix's seed, so that neither neighbours nor series look alike. */
function mixed(seed: number, counter: number): number {
  let bits = Math.imul(seed ^ (counter | 0), 0x9e3779b1)
  bits = Math.imul(bits ^ (bits >>> 15) ^ Math.floor(counter / 2 ** 32), 0x85ebca6b)
  return (bits ^ (bits >>> 13)) >>> 0
}

/** Two characters, so that a mistyped id is not taken for an issued one. */
function checkCharacters(hash: number): string {
  const value = hash % 1296
  return value < 36 ? `0${value.toString(36)}` : value.toString(36)
}

/** @param key that the prefix was signed with; null for a prefix that is not */
export function createIdSeries(prefix: string, key: string | null): IdSeries {
  const seed = seedOf(prefix, key)
  const start = `${prefix}-`
  let counter = 0
  let hash = 0
  return {
    get count() {
      return counter
    },
    get hash() {
      return hash
    },
    next() {
      counter++
      hash = mixed(seed, counter)
      return `${start}${counter.toString(36)}-${checkCharacters(hash)}`
    },
  }
}

/**
 * The prefix of every process is on disk before its first id, so ids stay known over restarts and kills. Replicas, each
 * with a folder of its own, know one another's by a key that they share.
 */
export async function openIds(
  stateFolder: string,
  key: string | null = null,
  random: (bytes: number) => Buffer = randomBytes,
): Promise<Ids> {
  const path = join(stateFolder, fileName)
  const known = new Set<string>()
  try {
    for (const line of (await readFile(path, 'utf8')).split('\n'))
      if (prefixPattern.test(line)) known.add(line)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
  }
  const register = async () => {
    const made = signed(random(4).toString('hex'), key)
    await appendFile(path, `${made}\n`, { flush: true })
    return made
  }
  const prefix = await register()
  const series = createIdSeries(prefix, key)
  /** Of prefixes whose signature was found right. */
  const seeds = new Map<string, number>()
  const seedFor = (from: string): number | null => {
    if (from.length === 8) return from === prefix || known.has(from) ? seedOf(from, null) : null
    const found = seeds.get(from)
    if (found !== undefined) return found
    if (key === null || signed(from.slice(0, 8), key) !== from) return null
    const seed = seedOf(from, key)
    seeds.set(from, seed)
    return seed
  }

  return {
    get count() {
      return series.count
    },
    get hash() {
      return series.hash
    },
    next: series.next,
    async allot() {
      const other = await register()
      known.add(other)
      return other
    },
    issued(id) {
      const match = idPattern.exec(id)
      if (!match) return false
      const [, from = '', count = '', check] = match
      const value = Number.parseInt(count, 36)
      const seed = seedFor(from)
      // Of our own, but under a key that was changed since: only that one could tell its check characters.
      if (seed === null) return known.has(from)
      if (checkCharacters(mixed(seed, value)) !== check) return false
      return from === prefix ? value >= 1 && value <= series.count : true
    },
  }
}
