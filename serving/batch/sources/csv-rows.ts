/** HOT: cuts CSV bytes into rows and cells (benchmark: bench/batch.ts). Only offsets are kept; cells become values later. */
import { Failure } from '../../../shared/failure.ts'
import { chunkBytes, chunkRows } from '../row-chunk.ts'
import type { ByteFeed } from './byte-feed.ts'

const quote = 34
const comma = 44
const lineFeed = 10
const carriageReturn = 13

/** Rows of CSV as offsets into `bytes`, which the next call overwrites. */
export interface CsvRows {
  bytes: Buffer
  rows: number
  /** Where each row begins and ends, its line end left out. */
  rowStarts: Int32Array
  rowEnds: Int32Array
  /** Cell `c` of row `r` is `bytes[starts[i] … ends[i])` at `i = firstCell[r] + c`, quotes included. */
  firstCell: Int32Array
  cells: Int32Array
  starts: Int32Array
  ends: Int32Array
  /** Bytes up to the end of these rows since the feed began. */
  consumed: number
}

const firstCapacity = 1 << 20
const longestRow = 256 << 20

/** Reads rows after RFC 4180: quoted cells, doubled quotes, CR LF or LF; blank lines are passed over. */
export function createCsvRows(feed: ByteFeed, path: string) {
  let buffer = Buffer.allocUnsafe(firstCapacity)
  let filled = 0
  let used = 0
  let before = 0
  let ended = false
  let starts = new Int32Array(1 << 16)
  let ends = new Int32Array(1 << 16)
  const rowStarts = new Int32Array(chunkRows)
  const rowEnds = new Int32Array(chunkRows)
  const firstCell = new Int32Array(chunkRows)
  const cells = new Int32Array(chunkRows)

  /** Appends bytes; what lies before `used` must not be needed any more when `mayMove`. */
  const fill = async (mayMove: boolean): Promise<void> => {
    if (mayMove && used > 0) {
      buffer.copyWithin(0, used, filled)
      before += used
      filled -= used
      used = 0
    }
    if (filled === buffer.length) {
      if (buffer.length >= longestRow) {
        throw new Failure(
          'invalid-input',
          `${path} has a row of over ${longestRow >> 20} MB, or a quote that is never closed.`,
          'Correct the file and score again.',
        )
      }
      const larger = Buffer.allocUnsafe(buffer.length * 2)
      buffer.copy(larger, 0, 0, filled)
      buffer = larger
    }
    const count = await feed.read(buffer, filled, buffer.length - filled)
    if (count === 0) ended = true
    filled += count
  }

  /**
   * Cuts one row from `from` on; its cells go behind `at`.
   *
   * @returns where the next row begins, or −1 when the bytes end before the row does
   */
  const cut = (from: number, at: number): number => {
    let position = from
    let cell = at
    for (;;) {
      if (cell === starts.length) {
        const more = new Int32Array(starts.length * 2)
        more.set(starts)
        starts = more
        const moreEnds = new Int32Array(ends.length * 2)
        moreEnds.set(ends)
        ends = moreEnds
      }
      starts[cell] = position
      if (position < filled && buffer[position] === quote) {
        position++
        for (;;) {
          position = buffer.indexOf(quote, position)
          if (position < 0 || position >= filled) {
            if (!ended) return -1
            throw new Failure(
              'invalid-input',
              `${path}: the text ends inside a quoted cell.`,
              'Correct the file and score again.',
            )
          }
          if (position + 1 === filled && !ended) return -1
          if (position + 1 >= filled || buffer[position + 1] !== quote) break
          position += 2
        }
        position++
      }
      let code = 0
      while (position < filled) {
        code = buffer[position]!
        if (code === comma || code === lineFeed) break
        position++
      }
      if (position >= filled && !ended) return -1
      const stops = position >= filled || code === lineFeed
      ends[cell] =
        stops && position > starts[cell]! && buffer[position - 1] === carriageReturn ? position - 1 : position
      cell++
      if (stops) {
        cellCount = cell - at
        return Math.min(position + 1, filled)
      }
      position++
    }
  }
  let cellCount = 0

  return {
    /** Passes over a byte-order mark. */
    async begin(): Promise<void> {
      while (filled < 3 && !ended) await fill(true)
      if (filled >= 3 && buffer[0] === 0xef && buffer[1] === 0xbb && buffer[2] === 0xbf) used = 3
    },
    /** The next rows, `most` at most; none at the end. */
    async next(most = chunkRows): Promise<CsvRows> {
      let rows = 0
      let at = 0
      let position = used
      while (rows < most && position - used < chunkBytes) {
        if (position >= filled && ended) break
        const following = position < filled ? cut(position, at) : -1
        if (following < 0) {
          const distance = position - used
          await fill(rows === 0)
          position = used + distance
          continue
        }
        const end = ends[at + cellCount - 1]!
        if (!(cellCount === 1 && end === starts[at])) {
          rowStarts[rows] = position
          rowEnds[rows] = end
          firstCell[rows] = at
          cells[rows] = cellCount
          rows++
          at += cellCount
        } else if (rows === 0) {
          // A blank line before the first row of the chunk.
          used = following
        }
        position = following
      }
      used = position
      return {
        bytes: buffer,
        rows,
        rowStarts,
        rowEnds,
        firstCell,
        cells,
        starts,
        ends,
        consumed: before + used,
      }
    },
  }
}
