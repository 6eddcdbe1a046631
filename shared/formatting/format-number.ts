/** A space that neither breaks nor stretches, between a number and its unit. */
export const unitSpace = ' '

export const minus = '−'

/** With a comma between thousands. */
export function grouped(text: string): string {
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
