import { type Json, readPath, writePath } from '../train-form.ts'

export type Pair = readonly [string, string]

/** The pairs of columns in the cell; what is no pair of names shows as one with gaps. */
export function interactionsOf(spec: Json): Pair[] {
  const pairs = readPath(spec, ['features', 'interactions'])
  if (!Array.isArray(pairs)) return []
  return pairs.map((pair: unknown) => {
    const [left, right]: unknown[] = Array.isArray(pair) ? pair : []
    return [typeof left === 'string' ? left : '', typeof right === 'string' ? right : ''] as const
  })
}

export function writeInteractions(spec: Json, pairs: readonly Pair[]): Json {
  return writePath(spec, ['features', 'interactions'], pairs.length === 0 ? undefined : pairs)
}

/** What is wrong with a pair, or null. @param columns names of the features */
export function interactionProblem(
  pairs: readonly Pair[],
  place: number,
  columns: readonly string[],
): string | null {
  const pair = pairs[place]
  if (!pair) return null
  const [left, right] = pair
  if (left === '' || right === '') return 'choose two columns'
  if (left === right) return `"${left}" is paired with itself; choose two columns`
  const unknown = pair.find((name) => !columns.includes(name))
  if (unknown !== undefined) return `"${unknown}" is no feature`
  const same = pairs.findIndex(([a, b]) => (a === left && b === right) || (a === right && b === left))
  return same < place ? 'this pair is there already' : null
}
