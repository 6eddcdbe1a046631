/** HOT LOOP: hashes every token and every hashed category (benchmark: bench/features.ts). */

let bytes = new Uint8Array(256)

/** UTF-8 into `bytes`; returns how many. A lone surrogate becomes U+FFFD, as TextEncoder has it. */
function encode(text: string): number {
  if (bytes.length < text.length * 3) bytes = new Uint8Array(text.length * 3)
  let at = 0
  for (let i = 0; i < text.length; i++) {
    let unit = text.charCodeAt(i)
    if (unit < 0x80) {
      bytes[at++] = unit
      continue
    }
    if (unit >= 0xd800 && unit <= 0xdfff) {
      const low = unit < 0xdc00 ? text.charCodeAt(i + 1) : Number.NaN
      if (low >= 0xdc00 && low <= 0xdfff) {
        i++
        unit = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00)
        bytes[at++] = 0xf0 | (unit >> 18)
        bytes[at++] = 0x80 | ((unit >> 12) & 63)
        bytes[at++] = 0x80 | ((unit >> 6) & 63)
        bytes[at++] = 0x80 | (unit & 63)
        continue
      }
      unit = 0xfffd
    }
    if (unit < 0x800) {
      bytes[at++] = 0xc0 | (unit >> 6)
    } else {
      bytes[at++] = 0xe0 | (unit >> 12)
      bytes[at++] = 0x80 | ((unit >> 6) & 63)
    }
    bytes[at++] = 0x80 | (unit & 63)
  }
  return at
}

function mixed(block: number): number {
  const k = Math.imul(block, 0xcc9e2d51)
  return Math.imul((k << 15) | (k >>> 17), 0x1b873593)
}

/**
 * MurmurHash3 (x86, 32 bits, seed 0) of a text's UTF-8 bytes, as a signed integer:
 * what scikit-learn's FeatureHasher and HashingVectorizer hash with.
 */
export function murmur3(text: string): number {
  const length = encode(text)
  const blocks = length & ~3
  let hash = 0
  for (let i = 0; i < blocks; i += 4) {
    hash ^= mixed(bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24))
    hash = (hash << 13) | (hash >>> 19)
    hash = (Math.imul(hash, 5) + 0xe6546b64) | 0
  }
  let tail = 0
  for (let i = length - 1; i >= blocks; i--) tail = (tail << 8) | bytes[i]!
  if (length > blocks) hash ^= mixed(tail)
  hash ^= length
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) | 0
}

/** The input of `width` that a hash falls to, as scikit-learn's FeatureHasher places it. */
export function bucketOf(hash: number, width: number): number {
  if (hash === -2147483648) return (2147483647 - (width - 1)) % width
  return Math.abs(hash) % width
}
