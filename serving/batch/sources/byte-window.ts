import { Failure } from '../../../shared/failure.ts'
import type { ByteFeed } from './byte-feed.ts'

const firstCapacity = 1 << 20
const longestRow = 256 << 20

/**
 * The part of a feed that a chunk of rows is cut from. It grows as far as a chunk and the longest row ask for, and no
 * further, however long the feed is.
 */
export interface ByteWindow {
  /** What was read, up to `filled`; another buffer after `more`. */
  readonly bytes: Buffer
  readonly filled: number
  /** Up to where it was taken. */
  used: number
  /** Whether the feed has come to its end. */
  readonly ended: boolean
  /** Bytes of the feed that were taken. */
  readonly consumed: number
  /** Before a chunk: makes room behind `used`, where little is left. Offsets from before it count no more. */
  makeRoom(): void
  /**
   * Reads on; offsets into `bytes` stay what they are.
   *
   * @param rowStart where the row begins that has not ended yet
   * @throws Failure `invalid-input` for a row of over 256 MB
   */
  more(rowStart: number): Promise<void>
  /** The same where nothing was cut from the window since `used`, which may move therefore. */
  moreFromStart(): Promise<void>
}

/** @param tooLong what is wrong with a row that takes more than so many megabytes */
export function createByteWindow(feed: ByteFeed, tooLong: (megabytes: number) => string): ByteWindow {
  let bytes = Buffer.allocUnsafe(firstCapacity)
  let filled = 0
  let used = 0
  let before = 0
  let ended = false
  const move = (): void => {
    bytes.copyWithin(0, used, filled)
    before += used
    filled -= used
    used = 0
  }
  const more = async (rowStart: number): Promise<void> => {
    if (filled - rowStart >= longestRow) {
      throw new Failure('invalid-input', tooLong(longestRow >> 20), 'Correct the file and score again.')
    }
    // As much again as there is of the row, which is looked at from its start each time.
    const enough = Math.min(2 * filled - rowStart, rowStart + longestRow)
    do {
      if (filled === bytes.length) {
        const larger = Buffer.allocUnsafe(bytes.length * 2)
        bytes.copy(larger, 0, 0, filled)
        bytes = larger
      }
      const count = await feed.read(bytes, filled, bytes.length - filled)
      if (count === 0) ended = true
      filled += count
    } while (filled < enough && !ended)
  }
  return {
    get bytes() {
      return bytes
    },
    get filled() {
      return filled
    },
    get used() {
      return used
    },
    set used(position) {
      used = position
    },
    get ended() {
      return ended
    },
    get consumed() {
      return before + used
    },
    makeRoom() {
      // No byte is moved more often than once for each that is taken.
      if (used > bytes.length / 2) move()
    },
    more,
    async moreFromStart() {
      move()
      await more(0)
    },
  }
}
