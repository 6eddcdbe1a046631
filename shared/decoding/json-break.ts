/**
 * Where a text stops being JSON: the place of the first character that cannot stand there, the text's length where it
 * ends too early, −1 where it is JSON. `JSON.parse` says so too, but not always, and then with a piece of the text.
 */
export function jsonBreak(text: string): number {
  const open: ('[' | '{')[] = []
  let at = 0
  let expected: 'value' | 'value or ]' | 'key' | 'key or }' | 'colon' | 'comma' = 'value'

  /** Steps over what the sticky pattern matches here. */
  const passes = (pattern: RegExp): boolean => {
    pattern.lastIndex = at
    const matches = pattern.test(text)
    if (matches) at = pattern.lastIndex
    return matches
  }
  const passesString = (): boolean => {
    at++
    for (;;) {
      passes(plainCharacters)
      if (text[at] === '"') {
        at++
        return true
      }
      if (text[at] !== '\\' || !passes(escaped)) return false
    }
  }

  for (;;) {
    passes(whitespace)
    const character = text[at]
    if (expected === 'comma' && open.length === 0) return at < text.length ? at : -1
    if (expected === 'colon') {
      if (character !== ':') return at
      at++
      expected = 'value'
    } else if (
      (character === ']' && (expected === 'value or ]' || (expected === 'comma' && open.at(-1) === '['))) ||
      (character === '}' && (expected === 'key or }' || (expected === 'comma' && open.at(-1) === '{')))
    ) {
      at++
      open.pop()
      expected = 'comma'
    } else if (expected === 'comma') {
      if (character !== ',') return at
      at++
      expected = open.at(-1) === '[' ? 'value' : 'key'
    } else if (expected === 'key' || expected === 'key or }') {
      if (character !== '"' || !passesString()) return at
      expected = 'colon'
    } else if (character === '[' || character === '{') {
      at++
      open.push(character)
      expected = character === '[' ? 'value or ]' : 'key or }'
    } else {
      if (!(character === '"' ? passesString() : passes(word))) return at
      expected = 'comma'
    }
  }
}

const whitespace = /[ \t\n\r]*/y
/** All but control characters, the quote and the backslash. */
const plainCharacters = /[ !#-[\]-\uffff]*/y
const escaped = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y
const word = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y

/** The same in words that hold nothing of the text. */
export function describeJsonBreak(text: string): string {
  const at = jsonBreak(text)
  if (at < 0 || at >= text.length) return `it ends too early, after ${text.length} characters`
  const before = text.slice(0, at)
  const line = before.split('\n').length
  return `it breaks off at line ${line}, column ${at - before.lastIndexOf('\n')}`
}
