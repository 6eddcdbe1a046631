import { formatNumber, grouped, minus, unitSpace } from '../../shared/formatting/format-number.ts'

export { formatDuration } from '../../shared/formatting/format-duration.ts'
export { formatNumber }

/**
 * A metric with 4 significant digits by default. Zeros at the end stay, so that figures beside and below each other
 * have as many digits: `0.8140`, `1.000`, `25.50`.
 */
export function formatMetric(value: number | null | undefined, digits = 4): string {
  const plain = formatNumber(value, digits)
  if (value === null || value === undefined || value === 0 || !/^\D?[\d,]+(\.\d+)?$/.test(plain)) return plain
  const size = Math.abs(value)
  const decimals = Math.max(0, digits - 1 - Math.floor(Math.log10(size)))
  return `${value < 0 ? minus : ''}${grouped(size.toFixed(decimals))}`
}

/** A count: whole, thousands separated. */
export function formatCount(value: number | null | undefined): string {
  return value === null || value === undefined || !Number.isFinite(value)
    ? '–'
    : formatNumber(Math.round(value))
}

/** `7,043 rows`, `1 row`. */
export function formatCounted(value: number, one: string, many = `${one}s`): string {
  return `${formatCount(value)} ${value === 1 ? one : many}`
}

/** A fraction from 0 to 1 as per cent with three significant digits. */
export function formatShare(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return '–'
  return `${formatNumber(value * 100, 3)}${unitSpace}%`
}

/** Bytes in powers of 1,000, as disks and file managers count. */
export function formatBytes(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return '–'
  const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB']
  let size = Math.abs(value)
  let unit = 0
  while (size >= 999.5 && unit < units.length - 1) {
    size /= 1000
    unit++
  }
  return `${value < 0 ? minus : ''}${formatNumber(unit === 0 ? Math.round(size) : size, 3)}${unitSpace}${units[unit]}`
}

/** `just now`, `4 min ago`, `in 3 h`, `yesterday` is never used: the exact time is on hover. */
export function formatRelative(time: string | number | Date, now: number = Date.now()): string {
  const then = new Date(time).getTime()
  if (Number.isNaN(then)) return '–'
  const seconds = Math.round((now - then) / 1000)
  const size = Math.abs(seconds)
  if (size < 10) return 'just now'
  const [amount, unit] =
    size < 60
      ? [size, 's']
      : size < 3600
        ? [Math.floor(size / 60), 'min']
        : size < 86_400
          ? [Math.floor(size / 3600), 'h']
          : [Math.floor(size / 86_400), 'd']
  return seconds > 0 ? `${amount}${unitSpace}${unit} ago` : `in ${amount}${unitSpace}${unit}`
}

/** The exact local time with seconds: `2026-03-04 15:06:07`. */
export function formatTime(time: string | number | Date): string {
  const date = new Date(time)
  if (Number.isNaN(date.getTime())) return '–'
  const two = (value: number) => String(value).padStart(2, '0')
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`
}
