/** Where a text stops being JSON. `JSON.parse` says so too, but not always, and in words of its own. */

/** What could have stood where a text breaks off. */
export type Awaited =
  | 'value'
  | 'value or ]'
  | 'key'
  | 'key or }'
  | 'colon'
  | 'comma'
  /** Inside a text: more of it, or its end. */
  | 'rest of text'
  /** Behind a backslash. */
  | 'escape'

export interface JsonBreak {
  /** The place of the first character that cannot stand there; the text's length where it ends too early. */
  readonly at: number
  readonly awaited: Awaited
  /** The lists and objects that are open there, from outside. */
  readonly open: readonly ('[' | '{')[]
  /** The last key before it, as it is written, without its quotes. */
  readonly key: string
}

/** Null where the text is JSON. */
export function findJsonBreak(text: string): JsonBreak | null {
  const open: ('[' | '{')[] = []
  let at = 0
  let key = ''
  let awaited: Awaited = 'value'

  /** Steps over what the sticky pattern matches here. */
  const passes = (pattern: RegExp): boolean => {
    pattern.lastIndex = at
    const matches = pattern.test(text)
    if (matches) at = pattern.lastIndex
    return matches
  }
  /** What it lacked, or null. */
  const passString = (): 'rest of text' | 'escape' | null => {
    at++
    for (;;) {
      passes(plainCharacters)
      if (text[at] === '"') {
        at++
        return null
      }
      if (text[at] !== '\\') return 'rest of text'
      if (!passes(escaped)) return 'escape'
    }
  }
  const breaks = (by: Awaited = awaited): JsonBreak => ({ at, awaited: by, open, key })

  for (;;) {
    passes(whitespace)
    const character = text[at]
    if (awaited === 'comma' && open.length === 0) return at < text.length ? breaks() : null
    if (awaited === 'colon') {
      if (character !== ':') return breaks()
      at++
      awaited = 'value'
    } else if (
      (character === ']' && (awaited === 'value or ]' || (awaited === 'comma' && open.at(-1) === '['))) ||
      (character === '}' && (awaited === 'key or }' || (awaited === 'comma' && open.at(-1) === '{')))
    ) {
      at++
      open.pop()
      awaited = 'comma'
    } else if (awaited === 'comma') {
      if (character !== ',') return breaks()
      at++
      awaited = open.at(-1) === '[' ? 'value' : 'key'
    } else if (awaited === 'key' || awaited === 'key or }') {
      if (character !== '"') return breaks()
      const start = at + 1
      const lack = passString()
      if (lack) return breaks(lack)
      key = text.slice(start, at - 1)
      awaited = 'colon'
    } else if (character === '[' || character === '{') {
      at++
      open.push(character)
      awaited = character === '[' ? 'value or ]' : 'key or }'
    } else {
      const lack = character === '"' ? passString() : passes(word) ? null : awaited
      if (lack) return breaks(lack)
      awaited = 'comma'
    }
  }
}

const whitespace = /[ \t\n\r]*/y
/** All but control characters, the quote and the backslash. */
const plainCharacters = /[ !#-[\]-\uffff]*/y
const escaped = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y
const word = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y

/** Counted from 1. */
export function lineAndColumn(text: string, at: number): { line: number; column: number } {
  const before = text.slice(0, at)
  return { line: before.split('\n').length, column: at - before.lastIndexOf('\n') }
}

/** Where a text that is no JSON breaks off, in words that hold nothing of the text. */
export function describeJsonBreak(text: string): string {
  const at = findJsonBreak(text)?.at ?? text.length
  if (at >= text.length) return `it ends too early, after ${text.length} characters`
  const { line, column } = lineAndColumn(text, at)
  return `it breaks off at line ${line}, column ${column}`
}
