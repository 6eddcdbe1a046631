/** What the form offers for a search, and what is wrong with an entry. The train cell's own check has the last word. */
import { pathText } from '../../../../shared/decoding/path-text.ts'
import { read } from '../../../../shared/decoding/read.ts'
import { modelSpecSchema } from '../../../../shared/models/model-spec.ts'
import { parameterKeys, trialOf } from '../../../../shared/notebook/search-parameters.ts'
import { searchRangeSchema } from '../../../../shared/notebook/search-spec.ts'
import { trainSpecSchema } from '../../../../shared/notebook/train-spec.ts'
import { type Json, readPath } from '../train-form.ts'

/** Keys that decide what a model is, and keys of objects; a search tries values of the others. */
const notSearched: ReadonlySet<string> = new Set(['kind', 'monotone', 'classWeights'])

/** The keys of the cell's model that a search can try. */
export function searchableKeys(spec: Json): string[] {
  const kind = readPath(spec, ['model', 'kind'])
  const option = modelSpecSchema.options.find((one) => one.shape.kind.value === kind)
  if (!option) return []
  return Object.keys(option.shape)
    .filter((key) => !notSearched.has(key))
    .map((key) => `model.${key}`)
}

export function parametersOf(spec: Json): [string, unknown][] {
  const parameters = readPath(spec, ['search', 'parameters'])
  return typeof parameters === 'object' && parameters !== null ? Object.entries(parameters) : []
}

/** The spec with other parameters; their order is the user's. */
export function writeParameters(spec: Json, parameters: readonly (readonly [string, unknown])[]): Json {
  const search = (readPath(spec, ['search']) as Json | undefined) ?? {}
  return { ...spec, search: { ...search, parameters: Object.fromEntries(parameters) } }
}

/** Values as they are typed: `0.03, 0.1` or `"mean", "median"`, also without the quotes; lists in brackets. */
export function parseValues(text: string): unknown[] {
  if (text.trim() === '') return []
  try {
    return JSON.parse(`[${text}]`) as unknown[]
  } catch {
    return text
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '')
      .map((part) => {
        try {
          return JSON.parse(part) as unknown
        } catch {
          return part
        }
      })
  }
}

/** A word that reads as nothing but itself. */
function isWord(value: unknown): boolean {
  return typeof value === 'string' && /^(?!(true|false|null)$)[A-Za-z]\w*$/.test(value)
}

/** Words stand without quotes where all values are words; else each is JSON, so that it is read back as it was. */
export function printValues(values: readonly unknown[]): string {
  return values.every(isWord) ? values.join(', ') : values.map((value) => JSON.stringify(value)).join(', ')
}

/** What the cell says of one value of a parameter, apart from what else may be wrong with the cell. */
function valueProblem(spec: Json, path: string, value: unknown): string | null {
  const keys = parameterKeys(path)
  const trial = trialOf(
    { from: 'relation', target: 'target', model: spec.model, features: spec.features },
    {
      [path]: value,
    },
  )
  const reading = read(trainSpecSchema, trial)
  for (const { path: at, unknownKeys, expectation } of reading.ok ? [] : reading.problems) {
    if (unknownKeys.length > 0) {
      const inside = at.every((key, i) => keys[i] === key)
      if (inside && unknownKeys.includes(keys[at.length] ?? ''))
        return `"${path}" is no key of this train cell`
    } else if (keys.every((key, i) => at[i] === key)) {
      return `${JSON.stringify(value)} is no value of it: ${expectation}`
    }
  }
  return null
}

/** What is wrong with a parameter, or null. */
export function parameterProblem(spec: Json, path: string, values: unknown): string | null {
  if (path === '') return 'choose what to vary'
  if (!/^(model|features)\..+/.test(path)) return 'expected a key under "model." or "features."'
  if (path.startsWith('model.') && readPath(spec, ['model', 'kind']) === undefined) {
    return 'choose a model first'
  }
  if (Array.isArray(values)) {
    if (values.length === 0) return 'expected at least one value'
    for (const value of values) {
      const problem = valueProblem(spec, path, value)
      if (problem !== null) return problem
    }
    return null
  }
  const range = read(searchRangeSchema, values)
  if (!range.ok) {
    const [{ path: keys, message }] = range.problems
    const key = pathText(keys)
    return key === '' ? message : `${key === 'min' ? 'from' : key === 'max' ? 'to' : key}: ${message}`
  }
  if (readPath(spec, ['search', 'method']) === 'grid') {
    return 'a grid takes a list of values; draw from a range by random search or halving'
  }
  return valueProblem(spec, path, range.value.min) ?? valueProblem(spec, path, range.value.max)
}

/** How many settings are tried how often, as far as the cell tells. */
export function fitsInWords(spec: Json): string | null {
  const method = readPath(spec, ['search', 'method'])
  const lists = parametersOf(spec).map(([, values]) => (Array.isArray(values) ? values.length : null))
  if (lists.length === 0 || lists.includes(0)) return null
  const grid = lists.reduce<number | null>((size, n) => (size === null || n === null ? null : size * n), 1)
  const asked = readPath(spec, ['search', 'trials'])
  const trials = typeof asked === 'number' ? asked : null
  const wished = method === 'grid' ? grid : (trials ?? (method === 'random' ? 20 : (grid ?? 27)))
  if (wished === null) return null
  const settings = grid === null ? wished : Math.min(wished, grid)
  const folds = readPath(spec, ['search', 'folds'])
  const each = typeof folds === 'number' ? folds : 5
  const count = (n: number) => n.toLocaleString('en-US')
  const one = settings === 1 ? 'setting' : 'settings'
  const times = each === 1 ? 'one split' : `${count(each)} folds`
  return method === 'halving'
    ? `${count(settings)} ${one} on ${times} to begin with; the better ones go on`
    : `${count(settings)} ${one} on ${times}: ${count(settings * each)} fits`
}
