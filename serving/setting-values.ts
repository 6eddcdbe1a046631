import { resolve } from 'node:path'
import { Failure } from '../shared/failure.ts'

export function wrongUsage(message: string): Failure {
  return new Failure('invalid-input', message, 'Run with --help to see what is accepted.')
}

export function number(name: string, text: string, lowest: number, highest: number): number {
  const value = Number(text)
  if (text.trim() === '' || !Number.isFinite(value) || value < lowest || value > highest) {
    throw wrongUsage(`${name} is "${text}", expected a number from ${lowest} to ${highest}.`)
  }
  return value
}

export function whole(name: string, text: string, lowest: number, highest: number): number {
  const value = number(name, text, lowest, highest)
  if (!Number.isInteger(value)) throw wrongUsage(`${name} is "${text}", expected a whole number.`)
  return value
}

export const list = (text: string): string[] =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')

/** `<folder>:<fraction>`; the folder may hold colons itself. */
export function canary(name: string, text: string): { folder: string; fraction: number } {
  const cut = text.lastIndexOf(':')
  const fraction = Number(text.slice(cut + 1))
  if (cut < 1 || !(fraction > 0 && fraction < 1)) {
    throw wrongUsage(`${name} is "${text}", expected <bundle>:<fraction> with a fraction between 0 and 1.`)
  }
  return { folder: resolve(text.slice(0, cut)), fraction }
}

export function origins(name: string, text: string): string[] {
  const given = list(text)
  const strange = given.find((one) => one !== '*' && !/^https?:\/\/[^/\s]+$/.test(one))
  if (strange === undefined) return given
  throw wrongUsage(`${name} has "${strange}", expected origins such as https://app.example.com.`)
}
