import { formatNumber, unitSpace } from './format-number.ts'

/**
 * A duration given in milliseconds: `0.31 ms`, `12 ms`, `1.43 s`, `2 min 5 s`, `3 h 4 min`, `2 d 3 h`.
 *
 * @param digits of one in seconds; fewer for what differs from run to run
 */
export function formatDuration(ms: number | null | undefined, digits = 3): string {
  if (ms === null || ms === undefined || !Number.isFinite(ms)) return '–'
  if (ms < 1000 && Math.round(ms) < 1000)
    return `${formatNumber(ms < 10 ? ms : Math.round(ms), 2)}${unitSpace}ms`
  if (ms < 59_950) return `${formatNumber(ms / 1000, digits)}${unitSpace}s`
  const seconds = Math.round(ms / 1000)
  const pair = (large: number, largeUnit: string, small: number, smallUnit: string) =>
    small === 0
      ? `${large}${unitSpace}${largeUnit}`
      : `${large}${unitSpace}${largeUnit} ${small}${unitSpace}${smallUnit}`
  if (seconds < 3600) return pair(Math.floor(seconds / 60), 'min', seconds % 60, 's')
  const minutes = Math.round(seconds / 60)
  if (minutes < 1440) return pair(Math.floor(minutes / 60), 'h', minutes % 60, 'min')
  const hours = Math.round(minutes / 60)
  return pair(Math.floor(hours / 24), 'd', hours % 24, 'h')
}
