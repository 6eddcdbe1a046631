/** HOT LOOP: takes every timestamp apart by whole-number arithmetic, without a Date (benchmark: bench/features.ts). */

/** Parts of a timestamp in UTC. `weekday` counts from Monday 0; `epoch` is seconds since 1970. */
export const timestampParts = [
  'year',
  'quarter',
  'month',
  'day',
  'dayOfYear',
  'weekday',
  'hour',
  'minute',
  'second',
  'epoch',
] as const
export type TimestampPart = (typeof timestampParts)[number]

/** First value and length of the cycle of a part that comes again; null for one that only grows. */
export const cycles: Record<TimestampPart, { first: number; length: number } | null> = {
  year: null,
  quarter: { first: 1, length: 4 },
  month: { first: 1, length: 12 },
  day: { first: 1, length: 31 },
  dayOfYear: { first: 1, length: 366 },
  weekday: { first: 0, length: 7 },
  hour: { first: 0, length: 24 },
  minute: { first: 0, length: 60 },
  second: { first: 0, length: 60 },
  epoch: null,
}

const day = 86_400_000

/** Days since 1970-01-01 of a date of the Gregorian calendar (Hinnant, "chrono-compatible low-level date algorithms"). */
export function daysOf(year: number, month: number, dayOfMonth: number): number {
  const y = month <= 2 ? year - 1 : year
  const era = Math.floor(y / 400)
  const yearOfEra = y - era * 400
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + dayOfMonth - 1
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear
  return era * 146_097 + dayOfEra - 719_468
}

type DatePart = 'year' | 'quarter' | 'month' | 'day' | 'dayOfYear'

/** A power of two: the days of 11 years have places of their own. */
const recentDays = 4_096

/** Parts of days asked for before, by the last bits of the day's number: a column's rows share few days. */
const recent: { [part in DatePart]?: { days: Float64Array; values: Float64Array } } = {}

function recentDatePart(part: DatePart, days: number): number {
  recent[part] ??= {
    days: new Float64Array(recentDays).fill(Number.NaN),
    values: new Float64Array(recentDays),
  }
  const known = recent[part]
  const place = days & (recentDays - 1)
  if (known.days[place] !== days) {
    known.days[place] = days
    known.values[place] = datePart(part, days)
  }
  return known.values[place]!
}

/** One part of a moment given in milliseconds since 1970 UTC. */
export function partOf(part: TimestampPart, at: number): number {
  switch (part) {
    case 'epoch':
      return at / 1000
    case 'hour':
      return Math.floor(at / 3_600_000) - 24 * Math.floor(at / day)
    case 'minute':
      return Math.floor(at / 60_000) - 60 * Math.floor(at / 3_600_000)
    case 'second':
      return Math.floor(at / 1000) - 60 * Math.floor(at / 60_000)
    case 'weekday': {
      // 1970-01-01 was a Thursday.
      const days = Math.floor(at / day) + 3
      return days - 7 * Math.floor(days / 7)
    }
    default:
      return recentDatePart(part, Math.floor(at / day))
  }
}

/** One part of the date that lies so many days behind 1970-01-01: years begin in March, so that a leap day is their last. */
export function datePart(part: DatePart, days: number): number {
  const shifted = days + 719_468
  const era = Math.floor(shifted / 146_097)
  const dayOfEra = shifted - era * 146_097
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1_460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  )
  const fromMarch = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const shiftedMonth = Math.floor((5 * fromMarch + 2) / 153)
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  switch (part) {
    case 'year':
      return year
    case 'quarter':
      return Math.floor((month + 2) / 3)
    case 'month':
      return month
    case 'day':
      return fromMarch - Math.floor((153 * shiftedMonth + 2) / 5) + 1
    case 'dayOfYear':
      return days - daysOf(year, 1, 1) + 1
  }
}
