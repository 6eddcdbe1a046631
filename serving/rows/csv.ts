/**
 * A CSV parser after RFC 4180 that takes its text in pieces: quoted cells, doubled quotes, CR LF or LF, a byte-order mark.
 * Hot in batch scoring: cells are cut as slices, not built character by character.
 */
export interface CsvParser {
  write(text: string): void
  /** @throws Error when the text ends inside a quoted cell */
  end(): void
}

const quote = 34
const comma = 44
const lineFeed = 10
const carriageReturn = 13

/** Calls back with the cells of each line; blank lines are passed over, but not a line that is one quoted empty cell. */
export function createCsvParser(onRow: (cells: string[]) => void): CsvParser {
  let rest = ''
  let first = true

  /** Parses the complete lines of `text` and answers where the first incomplete one begins. */
  function parse(text: string, last: boolean): number {
    let lineStart = 0
    let at = 0
    let cells: string[] = []
    while (at < text.length || (last && cells.length > 0)) {
      let cell: string
      const quoted = text.charCodeAt(at) === quote
      if (quoted) {
        let close = at + 1
        let doubled = false
        for (;;) {
          close = text.indexOf('"', close)
          if (close < 0) {
            if (last) throw new Error('the text ends inside a quoted cell')
            return lineStart
          }
          // Whether a quote at the very end is doubled is known only with the next piece.
          if (close + 1 === text.length && !last) return lineStart
          if (text.charCodeAt(close + 1) !== quote) break
          doubled = true
          close += 2
        }
        cell = text.slice(at + 1, close)
        if (doubled) cell = cell.replaceAll('""', '"')
        at = close + 1
        let end = at
        while (end < text.length && text.charCodeAt(end) !== comma && text.charCodeAt(end) !== lineFeed) end++
        // Text behind a closing quote is kept, as most readers do; a carriage return is part of the line's end.
        const behind = text.slice(at, end).replace(/\r$/, '')
        if (behind !== '') cell += behind
        at = end
      } else {
        let end = at
        while (end < text.length) {
          const code = text.charCodeAt(end)
          if (code === comma || code === lineFeed) break
          end++
        }
        const cut = text.charCodeAt(end - 1) === carriageReturn && text.charCodeAt(end) !== comma && end > at
        cell = text.slice(at, cut ? end - 1 : end)
        at = end
      }
      if (at >= text.length && !last) return lineStart
      cells.push(cell)
      if (text.charCodeAt(at) === comma) {
        at++
        if (at < text.length || !last) continue
        cells.push('')
      }
      if (cells.length > 1 || cells[0] !== '' || quoted) onRow(cells)
      cells = []
      at++
      lineStart = at
    }
    return lineStart
  }

  return {
    write(text) {
      let all = rest + text
      if (first && all !== '') {
        first = false
        if (all.charCodeAt(0) === 0xfeff) all = all.slice(1)
      }
      rest = all.slice(parse(all, false))
    },
    end() {
      parse(rest, true)
      rest = ''
    },
  }
}

/** All lines of a text. @throws Error when it ends inside a quoted cell */
export function parseCsv(text: string): string[][] {
  const rows: string[][] = []
  const parser = createCsvParser((cells) => rows.push(cells))
  parser.write(text)
  parser.end()
  return rows
}

/** A cell as it is written: quoted where it must be. */
export function csvCell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** The cells of a line; one empty cell is quoted, as pandas does, or the line would be blank. */
export function csvLine(cells: readonly string[]): string {
  return cells.length === 1 && cells[0] === '' ? '""' : cells.map(csvCell).join(',')
}
