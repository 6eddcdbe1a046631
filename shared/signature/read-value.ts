const decimal = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/

/** The number in a text cell; null where it is none. Hexadecimal and infinities are refused. */
export function numberFromText(text: string): number | null {
  const trimmed = text.trim()
  if (decimal.test(trimmed)) {
    const value = Number(trimmed)
    return Number.isFinite(value) ? value : null
  }
  return null
}

/** 1 or 0 for the spellings of a truth value in CSV files; null where it is none. */
export function truthFromText(text: string): number | null {
  switch (text.trim().toLowerCase()) {
    case 'true':
    case 't':
    case '1':
      return 1
    case 'false':
    case 'f':
    case '0':
      return 0
    default:
      return null
  }
}

const shown = 40

/** A value as an error shows it, such as `the string "abc"`; long text is cut. */
export function describeFound(value: unknown): string {
  if (value === null) return 'null'
  if (value === undefined) return 'nothing'
  if (typeof value === 'string') {
    return `the string ${JSON.stringify(value.length > shown ? `${value.slice(0, shown)}…` : value)}`
  }
  if (typeof value === 'number') return `the number ${value}`
  if (typeof value === 'boolean') return String(value)
  if (Array.isArray(value)) return 'an array'
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}
