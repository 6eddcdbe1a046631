import { createHash } from 'node:crypto'

/** PostgreSQL cuts longer names, to whole characters, and says so only in a notice. */
const longestName = 63
const suffix = '__slipway_part'

/**
 * The name of the table that rows are put into before they are the output. Where PostgreSQL would cut it, which could
 * make it the name of the output itself, it is the beginning of the output's name and a digest of all of it.
 */
export function stagingName(table: string): string {
  const whole = `${table}${suffix}`
  if (Buffer.byteLength(whole) <= longestName) return whole
  const digest = createHash('sha256').update(table).digest('hex').slice(0, 12)
  const end = `_${digest}${suffix}`
  let head = ''
  for (const character of table) {
    if (Buffer.byteLength(head + character + end) > longestName) break
    head += character
  }
  return head + end
}
