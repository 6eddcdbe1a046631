import { found } from '../../../shared/decoding/found.ts'
import { pathText } from '../../../shared/decoding/path-text.ts'
import { type Problem, read } from '../../../shared/decoding/read.ts'
import { Failure } from '../../../shared/failure.ts'
import { parameterKeys, trialOf } from '../../../shared/notebook/search-parameters.ts'
import type { SearchRange, SearchSpec } from '../../../shared/notebook/search-spec.ts'
import { type TrainSpec, trainSpecSchema } from '../../../shared/notebook/train-spec.ts'
import { type Random, seededRandom } from '../seeded-random.ts'

type Value = SearchSpec['parameters'][string] extends infer P
  ? P extends readonly (infer V)[]
    ? V
    : never
  : never
export type Parameters = Record<string, Value>

export interface DrawnTrial {
  parameters: Parameters
  /** The cell's spec with the parameters set, without its search and cross-validation. */
  spec: TrainSpec
}

const mostTrials = 10_000
const randomTrials = 20
const halvingTrials = 27

function readWith(spec: TrainSpec, parameters: Record<string, unknown>) {
  return read(trainSpecSchema, trialOf(spec, parameters))
}

const startsWith = (path: readonly PropertyKey[], start: readonly PropertyKey[]): boolean =>
  start.every((key, i) => path[i] === key)

/** Which of the parameters a problem of the trial is about, and whether the cell has no such key. */
function blame({ path, unknownKeys }: Problem, names: readonly string[]): { name: string; unknown: boolean } {
  const unknown = names.find((name) => {
    const keys = parameterKeys(name)
    return startsWith(keys, path) && unknownKeys.includes(keys[path.length] ?? '')
  })
  if (unknown !== undefined) return { name: unknown, unknown: true }
  const about = names.find((name) => {
    const keys = parameterKeys(name)
    return startsWith(path, keys) || startsWith(keys, path)
  })
  return { name: about ?? pathText(path), unknown: false }
}

/** @throws Failure naming the parameter whose value the cell could not hold */
export function applyParameters(spec: TrainSpec, parameters: Record<string, unknown>): TrainSpec {
  const reading = readWith(spec, parameters)
  if (reading.ok) return reading.value
  const [problem] = reading.problems
  const names = Object.keys(parameters)
  const ofNoModel = spec.model ? undefined : names.find((name) => name.startsWith('model.'))
  if (ofNoModel !== undefined) {
    throw new Failure(
      'invalid-input',
      `search.parameters: "${ofNoModel}" is a key of a model, and the cell names none.`,
      'Say which model it is of: add "model": {"kind": …} to the cell.',
      `search.parameters.${ofNoModel}`,
    )
  }
  const { name, unknown } = blame(problem, names)
  const inside = problem.path.length > parameterKeys(name).length
  const why = inside ? `${pathText(problem.path)}: ${problem.message}` : problem.expectation
  throw new Failure(
    'invalid-input',
    unknown
      ? `search.parameters: "${name}" is no key of a train cell${spec.model ? ` with the model "${spec.model.kind}"` : ''}.`
      : `search.parameters: ${found(parameters[name])} is no value for "${name}": ${why}.`,
    unknown ? problem.whatToDo : 'Correct it; the reference of the train cell lists every key and its range.',
    `search.parameters.${name}`,
  )
}

/**
 * Whether a range is one the key takes does not hang on what is drawn from it: both its ends are tried first, beside
 * the first value of every other parameter.
 *
 * @throws Failure naming the range
 */
function checkRanges(spec: TrainSpec, parameters: SearchSpec['parameters']): void {
  const firsts = Object.fromEntries(
    Object.entries(parameters).map(([path, values]) => [
      path,
      Array.isArray(values) ? values[0] : values.min,
    ]),
  )
  for (const [path, range] of Object.entries(parameters)) {
    if (Array.isArray(range)) continue
    for (const end of [range.min, range.max]) {
      const tried = { ...firsts, [path]: end }
      const reading = readWith(spec, tried)
      if (reading.ok) continue
      const ends = parameterKeys(path)
      const problem = reading.problems.find((one) => pathText(one.path) === pathText(ends))
      // Something else is wrong, such as a key that there is not.
      if (!problem) applyParameters(spec, tried)
      throw new Failure(
        'invalid-input',
        `search.parameters: the range of "${path}" from ${range.min} to ${range.max} holds values it does not take: ${end} is none, ${problem?.expectation ?? 'it was refused'}.`,
        'Narrow it; the reference of the train cell lists every key and its range.',
        `search.parameters.${path}`,
      )
    }
  }
}

/** A range gives whole numbers where the key takes nothing else. */
function isWhole(spec: TrainSpec, path: string, { min, max }: SearchRange): boolean {
  if (!Number.isInteger(min) || !Number.isInteger(max)) return false
  return !readWith(spec, { [path]: min + 0.5 }).ok && readWith(spec, { [path]: min }).ok
}

function draw(random: Random, { min, max, log }: SearchRange, whole: boolean): number {
  const share = random()
  const [low, high] = whole ? [min - 0.5, max + 0.5] : [min, max]
  const value =
    log && low > 0 ? Math.exp(Math.log(low) + share * Math.log(high / low)) : low + share * (high - low)
  if (whole) return Math.min(max, Math.max(min, Math.round(value)))
  // Four digits are enough to tell settings apart, and the same on machines whose logarithms differ in the last.
  return Math.min(max, Math.max(min, Number(value.toPrecision(4))))
}

function gridOf(parameters: SearchSpec['parameters']): Parameters[] {
  const lists = Object.entries(parameters).map(([path, values]) => {
    if (Array.isArray(values)) return [path, values] as const
    throw new Failure(
      'invalid-input',
      `search.parameters: a grid needs a list of values, but "${path}" is a range.`,
      'List its values, or use "method": "random".',
      `search.parameters.${path}`,
    )
  })
  const size = lists.reduce((product, [, values]) => product * values.length, 1)
  if (size > mostTrials) {
    throw new Failure(
      'invalid-input',
      `search.parameters: the grid has ${size.toLocaleString('en-US')} settings; at most ${mostTrials.toLocaleString('en-US')} are tried.`,
      'List fewer values, or use "method": "random" with "trials".',
      'search.parameters',
    )
  }
  return lists.reduce<Parameters[]>(
    (grid, [path, values]) => grid.flatMap((one) => values.map((value) => ({ ...one, [path]: value }))),
    [{}],
  )
}

function sample(spec: TrainSpec, search: SearchSpec, trials: number, seed: number): Parameters[] {
  const random = seededRandom(seed)
  const ranges = Object.entries(search.parameters).map(([path, values]) => ({
    path,
    values,
    whole: !Array.isArray(values) && isWhole(spec, path, values),
  }))
  const drawn = new Map<string, Parameters>()
  // A small set of settings runs out: then there are fewer trials.
  for (let tries = 0; drawn.size < trials && tries < 50 * trials; tries++) {
    const one: Parameters = {}
    for (const { path, values, whole } of ranges) {
      one[path] = Array.isArray(values)
        ? values[Math.floor(random() * values.length)]!
        : draw(random, values, whole)
    }
    drawn.set(JSON.stringify(one), one)
  }
  return [...drawn.values()]
}

/**
 * The settings a search tries, in order: the whole grid, or as many as asked for drawn at random by the seed.
 *
 * @throws Failure naming the parameter that cannot be set, before anything is trained
 */
export function drawTrials(spec: TrainSpec, search: SearchSpec, seed: number): DrawnTrial[] {
  const { method, parameters, trials } = search
  const hasRange = Object.values(parameters).some((values) => !Array.isArray(values))
  if (method === 'grid' && trials !== undefined) {
    throw new Failure(
      'invalid-input',
      'search: a grid is tried whole and takes no "trials".',
      'Leave "trials" out, or use "method": "random".',
      'search.trials',
    )
  }
  const whole = method === 'grid' || (method === 'halving' && !hasRange && trials === undefined)
  if (!whole) checkRanges(spec, parameters)
  const settings = whole
    ? gridOf(parameters)
    : sample(spec, search, trials ?? (method === 'random' ? randomTrials : halvingTrials), seed)
  return settings.map((parameters) => ({ parameters, spec: applyParameters(spec, parameters) }))
}
