/** The smallest single replacement that turns one text into another; offsets into `before`. */
export function differingRange(
  before: string,
  after: string,
): { readonly start: number; readonly end: number; readonly text: string } {
  const shortest = Math.min(before.length, after.length)
  let start = 0
  while (start < shortest && before.charCodeAt(start) === after.charCodeAt(start)) start++
  let tail = 0
  while (
    tail < shortest - start &&
    before.charCodeAt(before.length - 1 - tail) === after.charCodeAt(after.length - 1 - tail)
  ) {
    tail++
  }
  return { start, end: before.length - tail, text: after.slice(start, after.length - tail) }
}
