import type { Examples } from '../../shared/bundle/manifest.ts'
import { limitsOf, numberKeeps, textKeeps } from '../../shared/signature/limits.ts'
import { parseTimestamp } from '../../shared/signature/parse-timestamp.ts'
import type { SignatureColumn } from '../../shared/signature/signature.ts'
import type { LoadedModel } from '../bundle/load-model.ts'
import type { Answer, ChildServer } from './child-server.ts'
import type { Outcomes } from './outcomes.ts'
import { probedColumns, probedText } from './probed-columns.ts'

interface Trial {
  what: string
  /** The JSON of the value: JSON can write numbers that no program can hold. */
  json: string
  accepted: boolean
}

/** Far beyond any data, and still where a model in single precision can count. */
const farAway = 1e30

function trialsOf(column: SignatureColumn): Trial[] {
  const limits = limitsOf(column)
  const keeps = (value: string | number): boolean => {
    if (limits === null) return true
    if (column.type === 'timestamp') return numberKeeps(limits, parseTimestamp(String(value)) ?? 0)
    return typeof value === 'number' ? numberKeeps(limits, value) : textKeeps(limits, value)
  }
  /** A value of the right kind: answered unless the user's own constraints refuse it. */
  const accepted = (what: string, value: string | number): Trial => ({
    what,
    json: Object.is(value, -0) ? '-0' : JSON.stringify(value),
    accepted: keeps(value),
  })
  switch (column.type) {
    case 'numeric':
      return [
        ...[farAway, -farAway, 2 ** 53, 5e-324, -0, 0.5].map((value) =>
          accepted(`the number ${value}`, value),
        ),
        ...(column.min === undefined ? [] : [accepted('less than training saw', column.min - 1)]),
        ...(column.max === undefined ? [] : [accepted('more than training saw', column.max + 1)]),
        { what: 'the number 1e400', json: '1e400', accepted: false },
      ]
    case 'timestamp':
      return [
        accepted('the first day of year 1', '0001-01-01'),
        accepted('the last second of year 9999', '9999-12-31T23:59:59Z'),
        { what: 'a thirteenth month', json: '"2024-13-01"', accepted: false },
        { what: 'a moment beyond any calendar', json: '1e300', accepted: false },
      ]
    case 'text':
    case 'categorical':
      return [
        accepted('an empty text', ''),
        accepted('a text of 10,000 characters', 'x'.repeat(10_000)),
        accepted('the text __proto__', '__proto__'),
        accepted('a text in several scripts', 'é\u202eא🙂\u0000'),
      ]
    case 'boolean':
      return [{ what: 'the number 2', json: '2', accepted: false }]
  }
}

function rowJson(row: Examples['rows'][number], replaced: ReadonlyMap<string, string>): string {
  const members = Object.entries(row)
    .filter(([name]) => !replaced.has(name))
    .map(([name, value]): [string, string] => [name, JSON.stringify(value)])
  return `{${[...members, ...replaced].map(([name, json]) => `${JSON.stringify(name)}:${json}`).join(',')}}`
}

/** What is wrong with an answer to an accepted row: a prediction outside the signature, or a number that is none. */
function problemOf(model: LoadedModel, { status, text }: Answer): string | null {
  // SQL may have no result for a number that its types cannot hold: told, never a fault.
  if (status === 400 && model.transforms) return null
  if (status !== 200) return `the answer was ${status}: ${text.slice(0, 200)}`
  const { prediction, probabilities }: { prediction: unknown[]; probabilities?: Record<string, unknown>[] } =
    JSON.parse(text)
  const classes = model.signature.target.classes
  const [value] = prediction
  const known = classes ? classes.some((label) => label === value) : Number.isFinite(value)
  if (!known) return `the prediction was ${JSON.stringify(value)}`
  for (const [label, share] of Object.entries(probabilities?.[0] ?? {})) {
    const isShare = typeof share === 'number' && share >= 0 && share <= 1
    if (!isShare) return `the probability of ${label} was ${JSON.stringify(share)}`
  }
  return null
}

/** Values at the far ends are scored to a valid prediction, or refused by name where JSON holds what a column cannot. */
export async function replayExtremeValues(model: LoadedModel, server: ChildServer): Promise<Outcomes> {
  const row = model.examples.rows[0] ?? {}
  const { inputs } = model.signature
  let count = 0
  for (const column of probedColumns(inputs)) {
    for (const { what, json, accepted } of trialsOf(column)) {
      count++
      const answer = await server.post('/predict', `[${rowJson(row, new Map([[column.name, json]]))}]`)
      const named = answer.status === 400 && answer.text.includes(JSON.stringify(column.name))
      const refusal = named ? null : `it should be refused by name, the answer was ${answer.status}`
      const problem = accepted ? problemOf(model, answer) : refusal
      if (problem !== null) return { passed: false, detail: `${what} in "${column.name}": ${problem}` }
    }
  }
  for (const value of [farAway, -farAway]) {
    const numeric = inputs.filter((column) => {
      const limits = limitsOf(column)
      return column.type === 'numeric' && (limits === null || numberKeeps(limits, value))
    })
    count++
    const all = new Map(numeric.map((column) => [column.name, JSON.stringify(value)]))
    const problem = problemOf(model, await server.post('/predict', `[${rowJson(row, all)}]`))
    if (problem !== null) return { passed: false, detail: `${value} in every numeric column: ${problem}` }
  }
  return {
    passed: true,
    detail: `${count} extreme values${probedText(inputs)} answered as the signature says`,
  }
}
