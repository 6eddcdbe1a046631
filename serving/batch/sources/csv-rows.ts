/** HOT: cuts CSV bytes into rows and cells (benchmark: bench/batch.ts). Only offsets are kept; cells become values later. */
import { Failure } from '../../../shared/failure.ts'
import { chunkBytes, chunkRows } from '../row-chunk.ts'
import type { ByteFeed } from './byte-feed.ts'
import { createByteWindow } from './byte-window.ts'

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

/** Reads rows after RFC 4180: quoted cells, doubled quotes, CR LF or LF; blank lines are passed over. */
export function createCsvRows(feed: ByteFeed, path: string) {
  const window = createByteWindow(
    feed,
    (megabytes) => `${path} has a row of over ${megabytes} MB, or a quote that is never closed.`,
  )
  let starts = new Int32Array(1 << 16)
  let ends = new Int32Array(1 << 16)
  const rowStarts = new Int32Array(chunkRows)
  const rowEnds = new Int32Array(chunkRows)
  const firstCell = new Int32Array(chunkRows)
  const cells = new Int32Array(chunkRows)

  /**
   * Cuts one row from `from` on; its cells go behind `at`.
   *
   * @returns where the next row begins, or −1 when the bytes end before the row does
   */
  const cut = (from: number, at: number): number => {
    const { bytes: buffer, filled, ended } = window
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
      while (window.filled < 3 && !window.ended) await window.moreFromStart()
      const { bytes, filled } = window
      if (filled >= 3 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) window.used = 3
    },
    /** The next rows, `most` at most; none at the end. */
    async next(most = chunkRows): Promise<CsvRows> {
      let rows = 0
      let at = 0
      window.makeRoom()
      let position = window.used
      while (rows < most && position - window.used < chunkBytes) {
        if (position >= window.filled && window.ended) break
        const following = position < window.filled ? cut(position, at) : -1
        if (following < 0) {
          if (rows > 0) await window.more(position)
          else {
            await window.moreFromStart()
            position = window.used
          }
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
          window.used = following
        }
        position = following
      }
      window.used = position
      const { bytes, consumed } = window
      return { bytes, rows, rowStarts, rowEnds, firstCell, cells, starts, ends, consumed }
    },
  }
}
