/** A time to the minute, the same wherever it is read: `2026-11-30 14:05 UTC`. @param at milliseconds since 1970 */
export function formatMinute(at: number): string {
  return new Date(at)
    .toISOString()
    .replace('T', ' ')
    .replace(/:\d\d\.\d+Z$/, ' UTC')
}
