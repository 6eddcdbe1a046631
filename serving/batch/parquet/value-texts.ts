/** HOT: dates, times, decimals and bytes as DuckDB writes them (benchmark: bench/batch.ts). */
import { datePart } from '../../../shared/features/calendar.ts'
import type { PlainValue } from '../plain-value.ts'
import { physicalTypes } from './column-types.ts'
import { bufferOf } from './page-end.ts'
import type { ReadableColumn } from './parquet-columns.ts'
import type { StoredValue } from './plain-values.ts'

const twoDigits = Array.from({ length: 100 }, (_, n) => String(n).padStart(2, '0'))

const endless = 2 ** 31 - 1

function asNumber(value: StoredValue): number {
  return typeof value === 'number' ? value : Number(value)
}

/** The date that lies so many days behind 1970-01-01, before Christ with `(BC)`; Gregorian throughout. */
function dateText(days: number): string {
  const year = datePart('year', days)
  const shown = String(year > 0 ? year : 1 - year).padStart(4, '0')
  const date = `${shown}-${twoDigits[datePart('month', days)]}-${twoDigits[datePart('day', days)]}`
  return year > 0 ? date : `${date} (BC)`
}

/** `12:30:00.5` of a second and what is left of it; zeros at the end are left out. */
function clockText(second: number, fraction: number, digits: number): string {
  const clock = `${twoDigits[Math.floor(second / 3_600)]}:${twoDigits[Math.floor(second / 60) % 60]}:${twoDigits[second % 60]}`
  if (fraction === 0) return clock
  let end = String(fraction).padStart(digits, '0')
  while (end.endsWith('0')) end = end.slice(0, -1)
  return `${clock}.${end}`
}

/** Splits a moment without rounding: a number where it is exact, a bigint beyond. */
function parted(value: StoredValue, perSecond: number): { seconds: number; fraction: number } {
  if (typeof value === 'bigint') {
    const per = BigInt(perSecond)
    const fraction = ((value % per) + per) % per
    return { seconds: Number((value - fraction) / per), fraction: Number(fraction) }
  }
  const quotient = Math.floor(asNumber(value) / perSecond)
  // Just below a whole second the quotient may have been rounded up to it.
  const seconds = quotient * perSecond > asNumber(value) ? quotient - 1 : quotient
  return { seconds, fraction: asNumber(value) - seconds * perSecond }
}

const lastMoment = 2n ** 63n - 1n

/** Without the digits behind the microseconds, as DuckDB casts: towards 1970. */
function toMicroseconds(nanoseconds: StoredValue): StoredValue {
  if (typeof nanoseconds === 'bigint') return nanoseconds / 1000n
  return (asNumber(nanoseconds) - (asNumber(nanoseconds) % 1000)) / 1000
}

function timestampReader(perSecond: number, utc: boolean): (value: StoredValue) => string {
  // DuckDB has times with a zone to the microsecond.
  const cut = utc && perSecond > 1e6
  const shownPerSecond = cut ? 1e6 : perSecond
  const digits = Math.round(Math.log10(shownPerSecond))
  const zone = utc ? '+00' : ''
  let day = Number.NaN
  let shown = ''
  return (value) => {
    if (value === lastMoment) return 'infinity'
    if (value === -lastMoment) return '-infinity'
    const { seconds, fraction } = parted(cut ? toMicroseconds(value) : value, shownPerSecond)
    const days = Math.floor(seconds / 86_400)
    if (days !== day) {
      day = days
      shown = dateText(days)
    }
    return `${shown} ${clockText(seconds - days * 86_400, fraction, digits)}${zone}`
  }
}

const julianEpoch = 2_440_588n

/** Impala's old times: nanoseconds of a day, and the day by the Julian calendar; microseconds of them. */
function julianMoment(value: Buffer): bigint {
  const days = BigInt(value.readUInt32LE(8)) - julianEpoch
  return days * 86_400_000_000n + value.readBigInt64LE(0) / 1000n
}

export function decimalText(value: StoredValue, scale: number): string {
  const whole = Buffer.isBuffer(value) ? bigEndian(value) : value
  const sign = whole < 0 ? '-' : ''
  const digits = sign === '' ? String(whole) : String(whole).slice(1)
  if (scale === 0) return `${sign}${digits}`
  const padded = digits.padStart(scale + 1, '0')
  return `${sign}${padded.slice(0, -scale)}.${padded.slice(-scale)}`
}

function bigEndian(bytes: Buffer): bigint {
  if (bytes.length === 0) return 0n
  return BigInt.asIntN(bytes.length * 8, BigInt(`0x${bytes.toString('hex')}`))
}

function blobText(bytes: Buffer): string {
  let text = ''
  for (const code of bytes) {
    const plain = code >= 32 && code < 127 && code !== 34 && code !== 39 && code !== 92
    text += plain ? String.fromCharCode(code) : `\\x${code.toString(16).toUpperCase().padStart(2, '0')}`
  }
  return text
}

const asBuffer = (value: StoredValue): Buffer =>
  Buffer.isBuffer(value) ? value : bufferOf(new Uint8Array(0))

/** What a stored value is in batch scoring: everything but numbers and truth values is its text. */
export function valueReader({ form, physical }: ReadableColumn): (value: StoredValue) => PlainValue {
  switch (form.as) {
    case 'truth':
      return (value) => value === 1
    case 'number':
      return (value) => (Buffer.isBuffer(value) ? null : value)
    case 'text':
      return (value) => asBuffer(value).toString('utf8')
    case 'date':
      return (value) =>
        Math.abs(asNumber(value)) === endless
          ? `${asNumber(value) < 0 ? '-' : ''}infinity`
          : dateText(asNumber(value))
    case 'decimal':
      return (value) => decimalText(value, form.scale)
    case 'timestamp': {
      const read = timestampReader(form.perSecond, form.utc)
      return physical === physicalTypes.int96 ? (value) => read(julianMoment(asBuffer(value))) : read
    }
    case 'time': {
      const cut = form.perSecond > 1e6
      const zone = form.utc ? '+00' : ''
      return (value) => {
        const { seconds, fraction } = parted(cut ? toMicroseconds(value) : value, cut ? 1e6 : form.perSecond)
        return `${clockText(seconds, fraction, form.perSecond === 1e3 ? 3 : 6)}${zone}`
      }
    }
    case 'uuid':
      return (value) =>
        asBuffer(value)
          .toString('hex')
          .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
    case 'blob':
      return (value) => blobText(asBuffer(value))
  }
}
