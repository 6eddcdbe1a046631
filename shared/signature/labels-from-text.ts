import { numberFromText } from './read-value.ts'
import type { Label } from './signature.ts'

/** Labels of one kind as people write them: `no, yes` is text, `0, 1` numbers, `false, true` truth values. */
export function labelsFromText(text: string): Label[] {
  const parts = text.split(',').map((part) => part.trim())
  const numbers = parts.map(numberFromText)
  if (numbers.every((value) => value !== null)) return numbers
  if (parts.every((part) => part === 'true' || part === 'false')) return parts.map((part) => part === 'true')
  return parts
}
