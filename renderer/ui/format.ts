/** A space that neither breaks nor stretches, between a number and its unit. */
const space = ' '

const minus = '−'

function grouped(text: string): string {
  const [whole = '', fraction] = text.split('.')
  const withCommas = whole.replace(/\B(?=(\d{3})+(?!\d))/g, ',')
  return fraction === undefined ? withCommas : `${withCommas}.${fraction}`
}

/**
 * A number with 4 significant digits by default, thousands separated; whole numbers keep all their digits.
 * Beyond 10¹² and below 10⁻⁴ in powers of ten. Not a number: an en dash.
 */
export function formatNumber(value: number | null | undefined, digits = 4): string {
  if (value === null || value === undefined || Number.isNaN(value)) return '–'
  if (!Number.isFinite(value)) return value > 0 ? '∞' : `${minus}∞`
  const sign = value < 0 ? minus : ''
  const size = Math.abs(value)
  if (size === 0) return '0'
  if (size >= 1e12 || size < 1e-4) {
    const [mantissa = '', exponent = '0'] = size.toExponential(digits - 1).split('e')
    const trimmed = mantissa.includes('.') ? mantissa.replace(/\.?0+$/, '') : mantissa
    return `${sign}${trimmed}e${Number(exponent)}`
  }
  if (Number.isInteger(size)) return `${sign}${grouped(size.toFixed(0))}`
  const decimals = Math.max(0, digits - 1 - Math.floor(Math.log10(size)))
  const text = size.toFixed(decimals)
  return `${sign}${grouped(text.includes('.') ? text.replace(/\.?0+$/, '') : text)}`
}

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
  return `${formatNumber(value * 100, 3)}${space}%`
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
  return `${value < 0 ? minus : ''}${formatNumber(unit === 0 ? Math.round(size) : size, 3)}${space}${units[unit]}`
}

/** A duration given in milliseconds: `0.31 ms`, `12 ms`, `1.4 s`, `2 min 5 s`, `3 h 4 min`, `2 d 3 h`. */
export function formatDuration(ms: number | null | undefined): string {
  if (ms === null || ms === undefined || !Number.isFinite(ms)) return '–'
  if (ms < 1000 && Math.round(ms) < 1000) return `${formatNumber(ms < 10 ? ms : Math.round(ms), 2)}${space}ms`
  if (ms < 59_950) return `${formatNumber(ms / 1000, 3)}${space}s`
  const seconds = Math.round(ms / 1000)
  const pair = (large: number, largeUnit: string, small: number, smallUnit: string) =>
    small === 0 ? `${large}${space}${largeUnit}` : `${large}${space}${largeUnit} ${small}${space}${smallUnit}`
  if (seconds < 3600) return pair(Math.floor(seconds / 60), 'min', seconds % 60, 's')
  const minutes = Math.round(seconds / 60)
  if (minutes < 1440) return pair(Math.floor(minutes / 60), 'h', minutes % 60, 'min')
  const hours = Math.round(minutes / 60)
  return pair(Math.floor(hours / 24), 'd', hours % 24, 'h')
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
  return seconds > 0 ? `${amount}${space}${unit} ago` : `in ${amount}${space}${unit}`
}

/** The exact local time with seconds: `2026-03-04 15:06:07`. */
export function formatTime(time: string | number | Date): string {
  const date = new Date(time)
  if (Number.isNaN(date.getTime())) return '–'
  const two = (value: number) => String(value).padStart(2, '0')
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`
}

const metricNames: Readonly<Record<string, string>> = {
  auc: 'AUC',
  logLoss: 'Log loss',
  accuracy: 'Accuracy',
  precision: 'Precision',
  recall: 'Recall',
  f1: 'F1',
  macroF1: 'Macro F1',
  rmse: 'RMSE',
  mae: 'MAE',
  r2: 'R²',
}

/** A metric's name as people write it. */
export function metricName(key: string): string {
  return metricNames[key] ?? key
}

/** A cell of a table: null is shown as such by the grid; nested values as JSON. */
export function formatCell(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'number') {
    if (Number.isInteger(value))
      return value < 0 ? `${minus}${grouped(String(-value))}` : grouped(String(value))
    return formatNumber(value, 6)
  }
  if (typeof value === 'string') return value
  if (typeof value === 'boolean') return value ? 'true' : 'false'
  if (typeof value === 'bigint') return grouped(String(value))
  return JSON.stringify(value)
}
