/** Reads JSON that a user wrote, and says where it is none: line, column, what was expected, found, and the way out. */
import { assertNever } from '../assert-never.ts'
import { Failure } from '../failure.ts'
import { found } from './found.ts'
import { findJsonBreak, type JsonBreak, lineAndColumn } from './json-break.ts'

export interface JsonProblem {
  /** Counted from 1. */
  readonly line: number
  readonly column: number
  /** `expected "," or "}", found "trees"` */
  readonly expectation: string
  /** The same with the place before it: `line 3, column 12: expected …`. */
  readonly message: string
  readonly whatToDo: string
}

/** A run of characters that is meant as one thing: a word, a number, a text with its quotes; the beginning of a long one. */
const token = /"(?:[^"\\\n]|\\.){0,200}"?|'[^'\n]{0,200}'?|\/\/|\/\*|[\p{L}\p{N}_$.+-]{1,200}|./suy
const wordCharacter = /[\p{L}\p{N}_$.]/u

/** A word or number that JSON's own is only the beginning of, such as `01` or `nullable`, breaks inside; back to its start. */
function startOf(text: string, { at, awaited }: JsonBreak): number {
  let start = at
  if (awaited !== 'comma' || !wordCharacter.test(text[at] ?? '')) return at
  while (start > 0 && /[\p{L}\p{N}_$.+-]/u.test(text[start - 1]!)) start--
  return start
}

function tokenAt(text: string, at: number): string {
  token.lastIndex = at
  return token.exec(text)?.[0] ?? ''
}

/** What could have stood there, in words. */
function expectedOf({ awaited, open }: Pick<JsonBreak, 'awaited' | 'open'>): string {
  switch (awaited) {
    case 'value':
      return 'a value'
    case 'value or ]':
      return 'a value or "]"'
    case 'key':
      return 'a key in double quotes'
    case 'key or }':
      return 'a key in double quotes or "}"'
    case 'colon':
      return '":" after the key'
    case 'comma':
      return open.length === 0 ? 'nothing more' : open.at(-1) === '[' ? '"," or "]"' : '"," or "}"'
    case 'rest of text':
      return 'a double quote that ends the text'
    case 'escape':
      return 'an escape such as \\n, \\" or \\\\'
    default:
      return assertNever(awaited)
  }
}

function foundOf(piece: string, key: string): string {
  switch (piece) {
    case '':
      return 'the end'
    case '\n':
    case '\r':
      return 'the end of the line'
    case '\t':
      return 'a tab'
    case '\uFEFF':
      return 'a byte order mark'
    default: {
      // A text in double quotes is shown as it stands there, not in a second pair.
      const inner = /^"(.*)"$/.exec(piece)?.[1]
      return found(inner ?? piece, key)
    }
  }
}

function closing(open: JsonBreak['open']): string {
  return [...open]
    .reverse()
    .map((one) => (one === '[' ? '"]"' : '"}"'))
    .join(', then ')
}

/** Words of other languages for what JSON has. */
const meant: Readonly<Record<string, string>> = {
  True: 'true',
  TRUE: 'true',
  False: 'false',
  FALSE: 'false',
  None: 'null',
  NULL: 'null',
  Null: 'null',
  nil: 'null',
  undefined: 'null',
  NaN: 'null',
  nan: 'null',
  Infinity: 'null',
}

function wayOut({ awaited, open }: JsonBreak, piece: string, before: string): string {
  if (/^(\/\/|\/\*|#)/.test(piece)) return 'JSON has no comments: take it out.'
  if (piece === '\uFEFF') return 'Save it as UTF-8 without a byte order mark.'
  if (awaited === 'rest of text') {
    return piece === '\t'
      ? 'Write a tab as \\t.'
      : 'End the text in the line it begins in; a line break in it is \\n.'
  }
  if (awaited === 'escape') return 'Write a backslash that is meant as one as \\\\.'
  if (piece === '') {
    if (open.length > 0 && (awaited === 'comma' || awaited.includes(' or ')))
      return `End it with ${closing(open)}, or restore it from a copy if it was cut off.`
    return awaited === 'value' && open.length === 0 && before === ''
      ? 'Write an object, such as {}.'
      : 'Write the rest of it.'
  }
  if (before.endsWith(',') && (piece === ']' || piece === '}')) return 'Take out the comma before it.'
  if (/^['‘’“”`]/u.test(piece)) return 'Write keys and texts in double quotes: "…".'
  if (awaited === 'key' || awaited === 'key or }') return 'Write keys in double quotes: "…".'
  if (awaited === 'colon') return 'Put ":" between a key and its value.'
  if (awaited === 'value' || awaited === 'value or ]') {
    const own = meant[piece]
    if (own !== undefined) return `Write ${own}.`
    if (/^[+.-]?[\d.]/.test(piece)) return 'Write numbers as 12, -0.5 or 1e-3.'
    return /^[\p{L}_$]/u.test(piece)
      ? 'Write texts in double quotes: "…".'
      : 'Write the value that is missing there.'
  }
  if (open.length === 0) return 'Take out what follows the end.'
  return /^[\]}:]/.test(piece)
    ? 'Look for a bracket too many or too few before it.'
    : 'Put a comma before it.'
}

/** What keeps a text from being JSON; null where it is. */
export function jsonProblem(text: string): JsonProblem | null {
  const broken = findJsonBreak(text)
  if (broken === null) return null
  const start = startOf(text, broken)
  // The whole word stands where a value was expected, although its first letters would have been one.
  const here: JsonBreak = start < broken.at ? { ...broken, at: start, awaited: 'value' } : broken
  const piece = tokenAt(text, start)
  const { line, column } = lineAndColumn(text, start)
  const expectation = `expected ${expectedOf(here)}, found ${foundOf(piece, here.key)}`
  return {
    line,
    column,
    expectation,
    message: `line ${line}, column ${column}: ${expectation}`,
    whatToDo: wayOut(here, piece, text.slice(0, start).trimEnd()),
  }
}

/**
 * @param what names the text in the error, such as `train cell "churn"` or `slipway.json`
 * @param whatToDo the way out where the text is no work of the user's; default: how to mend it
 * @throws Failure `invalid-input` that says where the text is no JSON
 */
export function parseJson(text: string, what: string, whatToDo?: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    const problem = jsonProblem(text)
    if (problem === null) throw error
    throw new Failure(
      'invalid-input',
      `${what} is not JSON: ${problem.message}.`,
      whatToDo ?? problem.whatToDo,
    )
  }
}
