/** What a schema expected, in plain words, for every kind of issue that zod raises. */
import { z } from 'zod'
import { assertNever } from '../assert-never.ts'

/** What is remembered of an issue beside what zod says. */
export interface Expectation {
  /** Any of them would do: `a number below 1`, or `"grid"`, `"random"`. Empty where only what is inside can tell. */
  readonly expected: readonly string[]
  /** Of an object with unknown keys: those it may have. */
  readonly known?: readonly string[]
  /** In the schema's own words, which stand for whatever is wrong inside. */
  readonly own?: boolean
}

const typeNames: Readonly<Record<string, readonly string[]>> = {
  string: ['a text'],
  number: ['a number'],
  int: ['a whole number'],
  nan: ['NaN'],
  boolean: ['true', 'false'],
  array: ['a list'],
  tuple: ['a list'],
  object: ['an object'],
  record: ['an object'],
  null: ['null'],
  undefined: ['nothing'],
  void: ['nothing'],
  never: ['nothing'],
  nonoptional: ['a value'],
}

const formatNames: Readonly<Record<string, string>> = {
  base64: 'a text in base64',
  url: 'a URL',
  email: 'an email address',
  uuid: 'a UUID',
  datetime: 'a time in ISO 8601',
  date: 'a date in ISO 8601',
}

const inWords = (n: number | bigint): string =>
  Number.isInteger(Number(n)) ? n.toLocaleString('en-US') : `${n}`

/** What is counted of a value that has a size; null for numbers, which are compared themselves. */
const units: Readonly<Record<string, readonly [one: string, many: string]>> = {
  string: ['character', 'characters'],
  array: ['entry', 'entries'],
  set: ['entry', 'entries'],
  map: ['entry', 'entries'],
  object: ['key', 'keys'],
}

function limit(
  origin: string,
  bound: number | bigint,
  { inclusive, exact }: { inclusive?: boolean | undefined; exact?: boolean | undefined },
  [within, beyond]: readonly [within: string, beyond: string],
): string {
  const unit = units[origin]
  if (unit === undefined) {
    const noun = origin === 'int' ? 'a whole number' : 'a number'
    return inclusive ? `${noun} of ${within} ${inWords(bound)}` : `${noun} ${beyond} ${inWords(bound)}`
  }
  const holder = origin === 'string' ? 'a text' : origin === 'object' ? 'an object' : 'a list'
  if (within === 'at least' && Number(bound) === 1 && !exact) return `${holder} that is not empty`
  const how = exact ? '' : `${inclusive ? within : beyond} `
  return `${holder} of ${how}${inWords(bound)} ${Number(bound) === 1 ? unit[0] : unit[1]}`
}

function formatOf(issue: z.core.$ZodRawIssue<z.core.$ZodIssueInvalidStringFormat>): string {
  const { format } = issue
  if (format === 'regex') return `a text that matches ${issue.pattern}`
  if (format === 'starts_with') return `a text that starts with ${JSON.stringify(issue.prefix)}`
  if (format === 'ends_with') return `a text that ends with ${JSON.stringify(issue.suffix)}`
  if (format === 'includes') return `a text with ${JSON.stringify(issue.includes)} in it`
  return formatNames[format] ?? `a text of the form "${format}"`
}

const primitive = (value: unknown): string =>
  typeof value === 'string' ? JSON.stringify(value) : String(value)

/** The keys that an object, or a record of named keys, may have. */
function keysOf(schema: unknown): string[] {
  if (schema instanceof z.ZodObject) return Object.keys(schema.shape)
  if (schema instanceof z.ZodRecord) return [...(schema.keyType._zod.values ?? [])].map(String)
  return []
}

/** An object that says what it is by one of its keys. */
function objectWith(union: z.ZodDiscriminatedUnion): string {
  const { discriminator, options } = union.def
  const values = options.flatMap((option) => [...(option._zod.propValues?.[discriminator] ?? [])])
  return `an object whose "${discriminator}" is ${alternatives(values.map(primitive))}`
}

/** `a`, `a or b`, `a, b or c`. */
export function alternatives(words: readonly string[]): string {
  const last = words.at(-1) ?? ''
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} or ${last}`
}

/** @param issue as zod raises it, with the schema it comes from */
export function expectationOf(issue: z.core.$ZodRawIssue): Expectation {
  switch (issue.code) {
    case 'invalid_type':
      return issue.inst instanceof z.ZodDiscriminatedUnion
        ? { expected: [objectWith(issue.inst)] }
        : { expected: typeNames[issue.expected] ?? [`a value of type ${issue.expected}`] }
    case 'too_big':
      return { expected: [limit(issue.origin, issue.maximum, issue, ['at most', 'below'])] }
    case 'too_small':
      return { expected: [limit(issue.origin, issue.minimum, issue, ['at least', 'above'])] }
    case 'invalid_format':
      return { expected: [formatOf(issue)] }
    case 'not_multiple_of':
      return { expected: [`a multiple of ${inWords(issue.divisor)}`] }
    case 'invalid_value':
      return { expected: issue.values.map(primitive) }
    case 'unrecognized_keys':
      return { expected: [], known: keysOf(issue.inst) }
    case 'invalid_union':
      if (issue.inclusive === false) return { expected: ['a value of one form only'] }
      return { expected: (issue.options ?? []).map(primitive) }
    case 'invalid_key':
    case 'invalid_element':
      return { expected: [] }
    case 'custom':
      return { expected: ['another value'] }
    default:
      return assertNever(issue)
  }
}
