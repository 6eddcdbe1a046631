import { resolve } from 'node:path'
import { Failure } from '../shared/failure.ts'

export function wrongUsage(message: string): Failure {
  return new Failure('invalid-input', message, 'Run with --help to see what is accepted.')
}

/** `<folder>:<fraction>`; the folder may hold colons itself. */
export function canary(name: string, text: string): { folder: string; fraction: number } {
  const cut = text.lastIndexOf(':')
  const fraction = Number(text.slice(cut + 1))
  if (cut < 1 || !(fraction > 0 && fraction < 1)) {
    throw wrongUsage(`${name} is "${text}", expected <bundle>:<fraction> with a fraction between 0 and 1.`)
  }
  return { folder: resolve(text.slice(0, cut)), fraction }
}
