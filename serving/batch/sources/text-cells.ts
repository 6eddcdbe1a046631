/** HOT: text of CSV cells and of plain Parquet pages. Categories repeat, so a cell that was seen before costs a hash and a comparison, no new string. */

/** Longer cells are rarely categories. */
const longest = 48
const slots = 1 << 13

export interface TextCells {
  /** How many cells a string was made for. */
  readonly made: number
  read(bytes: Buffer, start: number, end: number): string
}

/** Remembers one short cell per slot of a table; the last one wins. */
export function createTextCells(): TextCells {
  const texts: string[] = new Array(slots).fill('')
  const seen: (Uint8Array | null)[] = new Array(slots).fill(null)
  let made = 0
  return {
    get made() {
      return made
    },
    read(bytes, start, end) {
      const length = end - start
      if (length === 0) return ''
      if (length > longest) {
        made++
        return bytes.toString('utf8', start, end)
      }
      let hash = length
      for (let at = start; at < end; at++) hash = (Math.imul(hash, 31) + bytes[at]!) | 0
      const slot = (hash ^ (hash >>> 13)) & (slots - 1)
      const known = seen[slot]
      if (known !== null && known !== undefined && known.length === length) {
        let at = 0
        while (at < length && known[at] === bytes[start + at]) at++
        if (at === length) return texts[slot]!
      }
      made++
      const text = bytes.toString('utf8', start, end)
      seen[slot] = Uint8Array.prototype.slice.call(bytes, start, end)
      texts[slot] = text
      return text
    },
  }
}

/** A quoted cell's text: doubled quotes made one, text behind the closing quote kept, as most readers do. */
export function unquoted(raw: string): string {
  let close = 1
  for (;;) {
    close = raw.indexOf('"', close)
    if (close < 0) return raw.slice(1)
    if (raw[close + 1] !== '"') break
    close += 2
  }
  return raw.slice(1, close).replaceAll('""', '"') + raw.slice(close + 1)
}
