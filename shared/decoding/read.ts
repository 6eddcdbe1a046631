/** Reads an unknown value by a schema, and says what is wrong with it: where, what was expected, found, and the way out. */
import type { z } from 'zod'
import { alternatives } from './expectations.ts'
import { found } from './found.ts'
import { type Issue, remember, unwrap } from './issues.ts'
import { nearest } from './nearest.ts'
import { pathText } from './path-text.ts'

export interface Problem {
  readonly path: readonly PropertyKey[]
  /** `expected a number below 1`, `unknown key "tree"`, or what the schema says itself. */
  readonly expectation: string
  /** The expectation, and what was found instead. */
  readonly message: string
  readonly whatToDo: string
  /** Of the object at `path`: keys that it cannot have. */
  readonly unknownKeys: readonly string[]
}

export type Reading<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly [Problem, ...Problem[]] }

const mostKeys = 40
const mostChoices = 20

const quoted = (word: string): string => found(word)

function listed(words: readonly string[], most: number): string[] {
  return words.length > most ? [...words.slice(0, most), `${words.length - most} more`] : [...words]
}

/** Unknown keys, each with the known one that was likely meant. */
function misspelt(issue: Issue): Map<string, string> {
  const meant = new Map<string, string>()
  if (issue.code !== 'unrecognized_keys') return meant
  const given = Object.keys(issue.input ?? {})
  const free = (issue.expectation?.known ?? []).filter((key) => !given.includes(key))
  for (const key of issue.keys) {
    const one = nearest(key, free)
    if (one !== null) meant.set(key, one)
  }
  return meant
}

function unknownKeysProblem(issue: Issue & { code: 'unrecognized_keys' }): Problem {
  const { keys, path } = issue
  const known = issue.expectation?.known ?? []
  const message = `unknown ${keys.length === 1 ? 'key' : 'keys'} ${listed(keys.map(quoted), mostKeys).join(', ')}`
  const meant = [...misspelt(issue)].map(([key, one]) =>
    keys.length === 1 ? quoted(one) : `${quoted(one)} for ${quoted(key)}`,
  )
  const asked =
    meant.length > 0 ? `Did you mean ${meant.join(', ')}?` : keys.length === 1 ? 'Remove it.' : 'Remove them.'
  const all = known.length > 0 ? ` The keys here are ${listed(known.map(quoted), mostKeys).join(', ')}.` : ''
  return { path, expectation: message, message, whatToDo: asked + all, unknownKeys: keys }
}

/** The key that says which kind of object it is, where that key is what is wrong. */
function discriminatorOf(issue: Issue): string | undefined {
  return issue.code === 'invalid_union' && issue.errors.length === 0 ? issue.discriminator : undefined
}

/** zod hands over the whole object where its discriminator is wrong. */
function inputOf(issue: Issue): unknown {
  const key = discriminatorOf(issue)
  return key === undefined ? issue.input : (issue.input as Record<string, unknown>)[key]
}

/** Texts to choose from, without their quotes. */
function choicesOf(issue: Issue): string[] {
  const choices =
    issue.code === 'invalid_value'
      ? issue.values
      : issue.code === 'invalid_union' && 'options' in issue
        ? issue.options
        : undefined
  return (choices ?? []).filter((one) => typeof one === 'string')
}

function wayOut(issue: Issue, input: unknown): string {
  if (issue.code === 'custom' && typeof issue.params?.whatToDo === 'string') return issue.params.whatToDo
  if (issue.ofKey) return 'Rename that key, or remove it.'
  const at = pathText(issue.path)
  if (at === '') return 'Change it and try again.'
  if (input === undefined && issue.code !== 'custom') return `Add "${at}".`
  const meant = typeof input === 'string' ? nearest(input, choicesOf(issue)) : null
  return meant === null ? `Change "${at}" and try again.` : `Did you mean ${quoted(meant)}?`
}

function problemOf(issue: Issue): Problem {
  if (issue.expectation && issue.code === 'unrecognized_keys') return unknownKeysProblem(issue)
  const input = inputOf(issue)
  const whatToDo = wayOut(issue, input)
  const { path } = issue
  if (issue.expectation === undefined) {
    return { path, expectation: issue.message, message: issue.message, whatToDo, unknownKeys: [] }
  }
  const expectation = `expected ${alternatives(listed(issue.expectation.expected, mostChoices))}`
  const message = `${expectation}, found ${found(input, path.at(-1))}`
  return { path, expectation, message, whatToDo, unknownKeys: [] }
}

/**
 * A misspelt key is one mistake. The key that was meant is missing then, and a check of the whole object may fail for
 * want of it.
 */
function withoutEchoes(issues: readonly Issue[]): Issue[] {
  const objects = new Set<string>()
  const meant = new Set<string>()
  for (const issue of issues) {
    for (const key of misspelt(issue).values()) {
      objects.add(pathText(issue.path))
      meant.add(pathText([...issue.path, key]))
    }
  }
  return issues.filter((issue) => {
    const at = pathText(issue.path)
    const isMissing = meant.has(at) && inputOf(issue) === undefined
    const isCheck =
      issue.code === 'custom' && (objects.has(at) || objects.has(pathText(issue.path.slice(0, -1))))
    return !isMissing && !isCheck
  })
}

export function read<S extends z.ZodType>(schema: S, value: unknown): Reading<z.output<S>> {
  const result = schema.safeParse(value, { error: remember, reportInput: true })
  if (result.success) return { ok: true, value: result.data }
  // What is missing may be what an unknown key was meant to be, so the key is told first.
  const issues = withoutEchoes(result.error.issues.flatMap(unwrap))
  const isUnknown = (issue: Issue) => issue.code === 'unrecognized_keys'
  const [first, ...others] = issues.toSorted((a, b) => +isUnknown(b) - +isUnknown(a)).map(problemOf)
  if (first === undefined) throw new Error('A value was refused without an issue.')
  return { ok: false, problems: [first, ...others] }
}
