import { Failure } from '../failure.ts'

/** Reads the text of a setting. @throws Failure `invalid-input` naming the setting as `name` has it, a flag or a variable */
export type ReadSetting<Value> = (name: string, text: string) => Value

export function wrongValue(message: string): Failure {
  return new Failure('invalid-input', message, 'Correct the value, or leave the setting out for its default.')
}

export const readText: ReadSetting<string> = (_name, text) => text

export function readNumber(lowest: number, highest: number): ReadSetting<number> {
  return (name, text) => {
    const value = Number(text)
    if (text.trim() === '' || !Number.isFinite(value) || value < lowest || value > highest) {
      throw wrongValue(`${name} is "${text}", expected a number from ${lowest} to ${highest}.`)
    }
    return value
  }
}

export function readWhole(lowest: number, highest: number): ReadSetting<number> {
  const read = readNumber(lowest, highest)
  return (name, text) => {
    const value = read(name, text)
    if (!Number.isInteger(value)) throw wrongValue(`${name} is "${text}", expected a whole number.`)
    return value
  }
}

/** 1 is yes, 0 is no. */
export const readSwitch: ReadSetting<boolean> = (name, text) => readWhole(0, 1)(name, text) === 1

/** With commas between. */
export const readList: ReadSetting<string[]> = (_name, text) =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')

export const readOrigins: ReadSetting<string[]> = (name, text) => {
  const given = readList(name, text)
  const strange = given.find((one) => one !== '*' && !/^https?:\/\/[^/\s]+$/.test(one))
  if (strange === undefined) return given
  throw wrongValue(`${name} has "${strange}", expected origins such as https://app.example.com.`)
}

export function readOneOf<const Word extends string>(...words: readonly Word[]): ReadSetting<Word> {
  return (name, text) => {
    const found = words.find((word) => word === text)
    if (found !== undefined) return found
    const listed = `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`
    throw wrongValue(`${name} is "${text}", expected ${listed}.`)
  }
}

/** The length alone is told: it is a secret. */
export function readSecret(shortest: number): ReadSetting<string> {
  return (name, text) => {
    if (text.length >= shortest) return text
    throw wrongValue(
      `${name} has ${text.length} characters, expected ${shortest} or more that nobody can guess.`,
    )
  }
}
