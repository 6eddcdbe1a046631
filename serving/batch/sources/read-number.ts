/** HOT: numbers of CSV cells from bytes, without a string in between (benchmark: bench/batch.ts). */

/** Powers of ten that a double holds exactly. */
const powers = Float64Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`))

/** What no short path reads; the caller takes the cell as text. */
export const notPlain = Number.NEGATIVE_INFINITY

/**
 * The number in `bytes[start … end)`, to the bit what `Number` makes of its text: up to 15 digits and a decimal point are
 * one exact division of two whole numbers. Anything else is `notPlain`.
 */
export function readNumber(bytes: Uint8Array, start: number, end: number): number {
  let at = start
  let negative = false
  if (bytes[at] === 45) {
    negative = true
    at++
  }
  let digits = 0
  let value = 0
  let scale = -1
  for (; at < end; at++) {
    const code = bytes[at]! - 48
    if (code >= 0 && code <= 9) {
      value = value * 10 + code
      digits++
      if (scale >= 0) scale++
    } else if (code === -2 && scale < 0) {
      scale = 0
    } else {
      return notPlain
    }
  }
  if (digits === 0 || digits > 15) return notPlain
  if (scale > 0) value /= powers[scale]!
  return negative ? -value : value
}
