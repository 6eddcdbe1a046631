/** HOT: values of batch scoring as Parquet stores them (benchmark: bench/batch.ts). */
import type { PlainValue } from '../plain-value.ts'
import { physicalTypes } from './column-types.ts'
import type { WrittenType } from './written-types.ts'

const unfit = (value: PlainValue, what: string) => new RangeError(`"${String(value)}" is no ${what}`)

/**
 * Days from 1970-01-01 to a date of the Gregorian calendar.
 *
 * Howard Hinnant, "chrono-compatible low-level date algorithms" (days_from_civil): years begin in March.
 */
function daysOf(year: number, month: number, day: number): number {
  const shifted = month <= 2 ? year - 1 : year
  const era = Math.floor(shifted / 400)
  const yearOfEra = shifted - era * 400
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear
  return era * 146_097 + dayOfEra - 719_468
}

const dateForm = /^(\d{4,})-(\d\d)-(\d\d)(?: \(?BC\)?)?/
const clockForm = /^(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:Z|([+-])(\d\d)(?::?(\d\d))?(?::?(\d\d))?)?$/

/** The days of the date that a text begins with, and what is behind it. */
function leadingDate(text: string): { days: number; rest: string } | null {
  const [whole, year, month, day] = dateForm.exec(text) ?? []
  if (whole === undefined) return null
  const shown = Number(year)
  const days = daysOf(whole.includes('BC') ? 1 - shown : shown, Number(month), Number(day))
  return { days, rest: text.slice(whole.length) }
}

const endless = 2 ** 31 - 1
const lastMoment = 2n ** 63n - 1n

function dateNumber(value: PlainValue): number {
  const text = String(value)
  if (text === 'infinity' || text === '-infinity') return text === 'infinity' ? endless : -endless
  const date = leadingDate(text)
  if (date === null || date.rest !== '') throw unfit(value, 'date')
  return date.days
}

/** Parts of a second since midnight of UTC. */
function clockParts(text: string, perSecond: bigint, value: PlainValue, what: string): bigint {
  const [whole, hours, minutes, seconds, fraction = '', sign, ...zone] = clockForm.exec(text) ?? []
  if (whole === undefined) throw unfit(value, what)
  const [zoneHours, zoneMinutes, zoneSeconds] = zone.map((part) => Number(part ?? 0))
  const offset =
    ((zoneHours ?? 0) * 3_600 + (zoneMinutes ?? 0) * 60 + (zoneSeconds ?? 0)) * (sign === '-' ? -1 : 1)
  const second = Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds) - offset
  const digits = String(perSecond).length - 1
  return BigInt(second) * perSecond + BigInt(fraction.padEnd(digits, '0').slice(0, digits) || '0')
}

function timestampNumber(value: PlainValue, perSecond: bigint): bigint {
  const text = String(value)
  if (text === 'infinity' || text === '-infinity') return text === 'infinity' ? lastMoment : -lastMoment
  const date = leadingDate(text)
  if (date === null) throw unfit(value, 'time')
  const clock = date.rest === '' ? '00:00:00' : date.rest.slice(1)
  return BigInt(date.days) * 86_400n * perSecond + clockParts(clock, perSecond, value, 'time')
}

/** The digits of a decimal as a whole number; digits behind the scale are rounded half away from zero. */
function decimalNumber(value: PlainValue, scale: number): bigint {
  const [whole, sign, before, behind = ''] = /^([+-]?)(\d*)(?:\.(\d*))?$/.exec(String(value)) ?? []
  if (whole === undefined || (before === '' && behind === '')) throw unfit(value, 'decimal')
  const kept = BigInt(`${before}${behind.padEnd(scale, '0').slice(0, scale)}` || '0')
  const rounded = (behind[scale] ?? '0') >= '5' ? kept + 1n : kept
  return sign === '-' ? -rounded : rounded
}

function blobBytes(text: string): Buffer {
  return Buffer.from(
    text.replaceAll(/\\x([0-9A-Fa-f]{2})/g, (_, digits: string) =>
      String.fromCharCode(Number.parseInt(digits, 16)),
    ),
    'latin1',
  )
}

function uuidBytes(value: PlainValue): Buffer {
  const bytes = Buffer.from(String(value).replaceAll('-', ''), 'hex')
  if (bytes.length !== 16) throw unfit(value, 'UUID')
  return bytes
}

function writeBigEndian(into: Buffer, value: bigint, at: number): void {
  into.writeBigInt64BE(value >> 64n, at)
  into.writeBigUInt64BE(BigInt.asUintN(64, value), at + 8)
}

/**
 * Writes a value of fixed length into a page.
 *
 * @throws RangeError saying what the value is not
 */
export function valueWriter({
  physical,
  form,
}: WrittenType): (into: Buffer, value: PlainValue, at: number) => void {
  switch (form.as) {
    case 'number': {
      if (physical === physicalTypes.double)
        return (into, value, at) => void into.writeDoubleLE(Number(value), at)
      if (physical === physicalTypes.float)
        return (into, value, at) => void into.writeFloatLE(Number(value), at)
      if (physical === physicalTypes.int32) {
        return form.unsigned
          ? (into, value, at) => void into.writeUInt32LE(Number(value), at)
          : (into, value, at) => void into.writeInt32LE(Number(value), at)
      }
      return form.unsigned
        ? (into, value, at) => void into.writeBigUInt64LE(BigInt(value ?? 0), at)
        : (into, value, at) => void into.writeBigInt64LE(BigInt(value ?? 0), at)
    }
    case 'date':
      return (into, value, at) => void into.writeInt32LE(dateNumber(value), at)
    case 'timestamp':
    case 'time': {
      const perSecond = BigInt(form.perSecond)
      return form.as === 'time'
        ? (into, value, at) =>
            void into.writeBigInt64LE(clockParts(String(value), perSecond, value, 'time of day'), at)
        : (into, value, at) => void into.writeBigInt64LE(timestampNumber(value, perSecond), at)
    }
    case 'decimal':
      return (into, value, at) => {
        const digits = decimalNumber(value, form.scale)
        if (physical === physicalTypes.int32) into.writeInt32LE(Number(digits), at)
        else if (physical === physicalTypes.int64) into.writeBigInt64LE(digits, at)
        else writeBigEndian(into, digits, at)
      }
    case 'uuid':
      return (into, value, at) => void uuidBytes(value).copy(into, at)
    case 'truth':
    case 'text':
    case 'blob':
      throw new Error('These are not of one length in bytes.')
  }
}

/** The bytes of a value without a fixed length. */
export function bytesOfValue(value: PlainValue, { form }: WrittenType): Buffer {
  return form.as === 'blob' ? blobBytes(String(value)) : Buffer.from(String(value))
}
