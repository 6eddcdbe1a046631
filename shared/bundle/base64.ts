const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

/**
 * The bytes that a base64 text stands for; null where the text is not the one that those bytes are written as. Most
 * decoders pass over foreign characters and over the bits that the padding leaves (RFC 4648, 3.5), and then several texts
 * stand for the same bytes, of which only one was signed.
 */
export function bytesOfBase64(text: string): Uint8Array<ArrayBuffer> | null {
  if (text.length % 4 !== 0) return null
  const padding = /={0,2}$/.exec(text)?.[0].length ?? 0
  const digits = text.length - padding
  const bytes = new Uint8Array((digits * 3) >> 2)
  let bits = 0
  let held = 0
  let at = 0
  for (let i = 0; i < digits; i++) {
    const digit = alphabet.indexOf(text.charAt(i))
    if (digit < 0) return null
    bits = (bits << 6) | digit
    held += 6
    if (held < 8) continue
    held -= 8
    bytes[at++] = bits >> held
    bits &= (1 << held) - 1
  }
  return bits === 0 ? bytes : null
}
