import { Failure } from '../../../shared/failure.ts'
import { plainIdentifier, type SqlToken, tokenize } from '../sql/sql-statements.ts'

/** One `predict('churn@champion', features)` where a relation is expected. Offsets are of the text it was found in. */
export interface PredictCall {
  readonly start: number
  readonly end: number
  /** `name`, `name:version` or `name@alias`. */
  readonly reference: string
  /** SQL that can stand behind `from`. */
  readonly source: string
  /** How messages call the relation. */
  readonly what: string
}

const usage = "Write it as: select * from predict('churn@champion', features)"

function isWord(token: SqlToken | undefined, ...words: string[]): boolean {
  return token?.kind === 'word' && words.includes(token.text.toLowerCase())
}

/** Index of the `)` that closes the `(` at `open`; −1 where there is none. */
function closing(tokens: readonly SqlToken[], open: number): number {
  let depth = 0
  for (let index = open; index < tokens.length; index += 1) {
    const text = tokens[index]?.kind === 'symbol' ? tokens[index]?.text : ''
    if (text === '(') depth += 1
    if (text === ')') depth -= 1
    if (depth === 0) return index
  }
  return -1
}

/** The relation between the comma and the closing parenthesis. */
function argumentOf(tokens: readonly SqlToken[], text: string): { source: string; what: string } | null {
  const [first, last] = [tokens[0], tokens.at(-1)]
  if (!first || !last) return null
  const source = text.slice(first.start, last.end)
  if (first.text === '(' && closing(tokens, 0) === tokens.length - 1) return { source, what: 'the query' }
  const isName = tokens.every((token, index) =>
    index % 2 === 0 ? token.kind === 'word' || token.kind === 'quoted' : token.text === '.',
  )
  if (!isName || tokens.length % 2 === 0) return null
  const parts = tokens.filter((_, index) => index % 2 === 0).map(plainIdentifier)
  return { source, what: `the relation "${parts.join('.')}"` }
}

/** Whether a relation may begin after this token. */
function expectsRelation(before: SqlToken | undefined): boolean {
  return isWord(before, 'from', 'join', 'lateral', 'using') || before?.text === ',' || before?.text === '('
}

/**
 * The outermost calls of `predict` in a statement, in their order; those inside a call's own query are found when
 * that query is looked at.
 *
 * @throws Failure `invalid-input` for a call with other arguments than a model and a relation
 */
export function findPredictCalls(text: string): PredictCall[] {
  const tokens = tokenize(text)
  const calls: PredictCall[] = []
  for (let index = 0; index < tokens.length; index += 1) {
    const word = tokens[index]!
    if (!isWord(word, 'predict') || tokens[index + 1]?.text !== '(') continue
    if (!expectsRelation(tokens[index - 1])) continue
    const close = closing(tokens, index + 1)
    const [model, comma] = [tokens[index + 2], tokens[index + 3]]
    const given = close < 0 || comma?.text !== ',' ? null : argumentOf(tokens.slice(index + 4, close), text)
    if (model?.kind !== 'string' || !model.text.startsWith("'") || !given) {
      throw new Failure(
        'invalid-input',
        'predict takes a model version as text and a relation or a query in parentheses.',
        usage,
      )
    }
    const reference = model.text.slice(1, -1).replaceAll("''", "'")
    calls.push({ start: word.start, end: tokens[close]!.end, reference, ...given })
    index = close
  }
  return calls
}
