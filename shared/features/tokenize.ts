/** HOT LOOP: takes every text apart (benchmark: bench/features.ts). */
import { bucketOf, murmur3 } from './murmur3.ts'
import { mostTokens } from './token-places.ts'

/** Runs of two or more letters, digits or underscores: scikit-learn's `(?u)\b\w\w+\b`. */
const token = /[\p{L}\p{N}_]{2,}/gu

/** The lower-cased words of a text, in order. */
export function tokenize(text: string): string[] {
  return text.toLowerCase().match(token) ?? []
}

/** Hashed tokens of many texts in one growing array. */
export interface TokenPool {
  /** Adds a text's tokens as inputs of `width`; returns how many. */
  add(text: string, width: number): number
  /** Where the next text will begin. */
  length(): number
  /** The array so far; valid until the next `add`. */
  tokens(): Int32Array
  reset(): void
}

export function createTokenPool(): TokenPool {
  let pool = new Int32Array(64)
  let used = 0
  return {
    add(text, width) {
      const words = tokenize(text)
      const count = Math.min(words.length, mostTokens)
      if (used + count > pool.length) {
        const larger = new Int32Array(Math.max(used + count, pool.length * 2))
        larger.set(pool)
        pool = larger
      }
      for (let i = 0; i < count; i++) pool[used++] = bucketOf(murmur3(words[i]!), width)
      return count
    },
    length: () => used,
    tokens: () => pool,
    reset() {
      used = 0
    },
  }
}
