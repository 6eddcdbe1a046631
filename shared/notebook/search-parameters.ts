/** `features.columns.a.b.scale` is the key `scale` of the column `a.b`. */
export function parameterKeys(path: string): string[] {
  const column = /^features\.columns\.(.+)\.([^.]+)$/.exec(path)
  return column ? ['features', 'columns', column[1]!, column[2]!] : path.split('.')
}

function setPath(object: object, [key, ...rest]: readonly string[], value: unknown): object {
  if (key === undefined) return object
  const before = (object as Record<string, unknown>)[key]
  const inner = typeof before === 'object' && before !== null && !Array.isArray(before) ? before : {}
  return { ...object, [key]: rest.length === 0 ? value : setPath(inner, rest, value) }
}

/** A train cell's JSON as one trial of its search has it: with the parameters set, without search and cross-validation. */
export function trialOf(spec: object, parameters: Readonly<Record<string, unknown>>): object {
  const { search: _search, crossValidation: _folds, ...rest } = spec as Record<string, unknown>
  let changed: object = rest
  for (const [path, value] of Object.entries(parameters))
    changed = setPath(changed, parameterKeys(path), value)
  return changed
}
