import { bucketOf, murmur3 } from './murmur3.ts'

/**
 * The code of a category in a column of the encoder `hashing`, where it is none of the `known` categories that
 * monitoring counts by themselves: `known + 2 × input`, and one more where the input's value is −1.
 */
export function hashedCode(category: string, known: number, width: number): number {
  const hash = murmur3(category)
  return known + 2 * bucketOf(hash, width) + (hash < 0 ? 1 : 0)
}
