import { randomBytes } from 'node:crypto'
import { appendFile, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Makes and recognises the ids of predictions. */
export interface Ids {
  next(): string
  /** Registers the prefix of another process that makes ids for this folder; its ids are known from then on. */
  allot(): Promise<string>
  /** The id was issued here: by this process, or by an earlier one with the same state folder. */
  issued(id: string): boolean
}

const fileName = 'instances.ndjson'
const pattern = /^([0-9a-f]{8})-([0-9a-z]{1,11})-([0-9a-z]{2})$/

/** Mixes a counter with its prefix's number to two characters, so that a mistyped id is not taken for an issued one. */
function checkCharacters(prefix: number, counter: number): string {
  let mixed = Math.imul(prefix ^ (counter | 0), 0x9e3779b1)
  mixed = Math.imul(mixed ^ (mixed >>> 15) ^ Math.floor(counter / 2 ** 32), 0x85ebca6b)
  const value = ((mixed ^ (mixed >>> 13)) >>> 0) % 1296
  return value < 36 ? `0${value.toString(36)}` : value.toString(36)
}

/** The ids of one process: `<prefix>-<counter>-<check>`, with no random number and no table per prediction. */
export function createIdSeries(prefix: string): { next(): string; readonly count: number } {
  const seed = Number.parseInt(prefix, 16) | 0
  const start = `${prefix}-`
  let counter = 0
  return {
    get count() {
      return counter
    },
    next() {
      counter++
      return `${start}${counter.toString(36)}-${checkCharacters(seed, counter)}`
    },
  }
}

/** The prefix of every process is on disk before its first id, so ids stay known over restarts and kills. */
export async function openIds(stateFolder: string, random = randomBytes): Promise<Ids> {
  const path = join(stateFolder, fileName)
  const known = new Set<string>()
  try {
    for (const line of (await readFile(path, 'utf8')).split('\n')) {
      if (/^[0-9a-f]{8}$/.test(line)) known.add(line)
    }
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
  }
  const register = async () => {
    const made = random(4).toString('hex')
    await appendFile(path, `${made}\n`, { flush: true })
    return made
  }
  const prefix = await register()
  const series = createIdSeries(prefix)
  return {
    next: series.next,
    async allot() {
      const other = await register()
      known.add(other)
      return other
    },
    issued(id) {
      const match = pattern.exec(id)
      if (!match) return false
      const [, from = '', count = '', check] = match
      const value = Number.parseInt(count, 36)
      if (checkCharacters(Number.parseInt(from, 16) | 0, value) !== check) return false
      return from === prefix ? value >= 1 && value <= series.count : known.has(from)
    },
  }
}
