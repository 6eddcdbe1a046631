/** The form over a train cell's JSON changes single keys and leaves everything else as the user wrote it. */
import { found } from '../../../shared/decoding/found.ts'
import { jsonProblem } from '../../../shared/decoding/parse-json.ts'

export type Json = Readonly<Record<string, unknown>>

export type ParsedTrain =
  | { readonly ok: true; readonly value: Json }
  | { readonly ok: false; readonly message: string; readonly whatToDo: string }

export function parseTrain(source: string): ParsedTrain {
  if (source.trim() === '') return { ok: true, value: {} }
  const problem = jsonProblem(source)
  if (problem) {
    const { message, whatToDo } = problem
    return { ok: false, message: `This train cell is not JSON: ${message}.`, whatToDo }
  }
  const value: unknown = JSON.parse(source)
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return { ok: true, value: value as Json }
  }
  return {
    ok: false,
    message: `This train cell: expected an object in { }, found ${found(value)}.`,
    whatToDo: 'Write its keys in { }, such as { "from": "customers", "target": "churned" }.',
  }
}

/** The value at a path of keys; undefined where it leads nowhere. */
export function readPath(value: Json, path: readonly string[]): unknown {
  let at: unknown = value
  for (const key of path) {
    if (typeof at !== 'object' || at === null) return undefined
    at = (at as Json)[key]
  }
  return at
}

/** Sets or, with undefined, removes a key; objects left empty go too. Order of keys stays. */
export function writePath(value: Json, path: readonly string[], to: unknown): Json {
  const [key, ...rest] = path
  if (key === undefined) return value
  const child =
    rest.length === 0
      ? to
      : writePath(typeof value[key] === 'object' && value[key] !== null ? (value[key] as Json) : {}, rest, to)
  const gone = child === undefined || (rest.length > 0 && Object.keys(child as Json).length === 0)
  if (!gone) return { ...value, [key]: child }
  const { [key]: _removed, ...others } = value
  return others
}

/** A discriminated part such as `model`: choosing another kind drops the keys that only the old one had. */
export function chooseKind(
  value: Json,
  part: string,
  discriminant: string,
  kind: string,
  keep: readonly string[],
): Json {
  const before = readPath(value, [part])
  const kept: Record<string, unknown> = { [discriminant]: kind }
  if (typeof before === 'object' && before !== null) {
    for (const key of keep) if (key in before) kept[key] = (before as Json)[key]
  }
  return { ...value, [part]: kept }
}

export function printTrain(value: Json): string {
  return JSON.stringify(value, null, 2)
}
