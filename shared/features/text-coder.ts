/** HOT LOOP: stores every text that comes from DuckDB as a number (benchmark: bench/features.ts). */
import { unseenCode } from './batch.ts'
import { dictionaryOf } from './dictionary.ts'
import { hashedCode } from './hashing-codes.ts'
import type { Encoder } from './pipeline.ts'
import { tokenPlace } from './token-places.ts'
import type { TokenPool } from './tokenize.ts'

/** The number that a batch holds for a text. */
export type TextCoder = (text: string) => number

/** Hashed categories are remembered up to so many: a column may have more than memory. */
const mostRemembered = 100_000

/** How the texts of a column are stored in a batch; null where the column holds numbers. */
export function textCoder(encoder: Encoder, pool: TokenPool): TextCoder | null {
  if (encoder.kind === 'text') {
    const width = encoder.idf.length
    return (text) => {
      const start = pool.length()
      return tokenPlace(start, pool.add(text, width))
    }
  }
  const categories = dictionaryOf(encoder)
  if (categories === null) return null
  const codes = new Map(categories.map((category, code) => [category, code]))
  if (encoder.kind !== 'hashing') return (text) => codes.get(text) ?? unseenCode
  return (text) => {
    const code = codes.get(text)
    if (code !== undefined) return code
    const hashed = hashedCode(text, categories.length, encoder.width)
    if (codes.size < mostRemembered) codes.set(text, hashed)
    return hashed
  }
}
