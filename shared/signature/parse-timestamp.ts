/** HOT LOOP: reads every timestamp of a request (benchmark: bench/features.ts). */
import { daysOf } from '../features/calendar.ts'

const pattern =
  /^\s*(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?\s*(Z|[+-]\d\d(?::?\d\d)?)?)?\s*$/i

const longMonths = new Set([1, 3, 5, 7, 8, 10, 12])

function lastDay(year: number, month: number): number {
  if (month !== 2) return longMonths.has(month) ? 31 : 30
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28
}

/**
 * Milliseconds since 1970 UTC of an ISO 8601 date or date and time; null where the text is none.
 * Without an offset the time is UTC. A blank stands for the `T` too; digits below a millisecond are dropped.
 */
export function parseTimestamp(text: string): number | null {
  const parts = pattern.exec(text)
  if (!parts) return null
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '', offset = 'Z'] = parts
  const [y, m, d] = [Number(year), Number(month), Number(day)]
  if (m < 1 || m > 12 || d < 1 || d > lastDay(y, m)) return null
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return null
  const digits = offset.replaceAll(/\D/g, '')
  const shift = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2))
  const minutes = Number(hour) * 60 + Number(minute) - (offset.startsWith('-') ? -shift : shift)
  return (
    daysOf(y, m, d) * 86_400_000 +
    minutes * 60_000 +
    Number(second) * 1000 +
    Number(`${fraction}000`.slice(0, 3))
  )
}
