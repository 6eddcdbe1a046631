/** One place where specifications differ, with what each of them has there; undefined where it has nothing. */
export interface SpecDifference {
  /** Such as `model.maxDepth` or `features.columns.tenure.scale`. */
  readonly path: string
  readonly values: readonly (string | undefined)[]
}

function flatten(value: unknown, path: string, into: Map<string, string>): void {
  const isRecord = typeof value === 'object' && value !== null && !Array.isArray(value)
  if (isRecord && Object.keys(value).length > 0) {
    for (const [key, inner] of Object.entries(value)) {
      if (inner !== undefined) flatten(inner, path === '' ? key : `${path}.${key}`, into)
    }
    return
  }
  into.set(path, typeof value === 'string' ? value : JSON.stringify(value))
}

/** What differs between JSON documents, by path in the order of the first that has it; lists are compared whole. */
export function specDiff(specs: readonly unknown[]): SpecDifference[] {
  const flat = specs.map((spec) => {
    const into = new Map<string, string>()
    flatten(spec, '', into)
    return into
  })
  const paths = new Set(flat.flatMap((values) => [...values.keys()]))
  return [...paths].flatMap((path) => {
    const values = flat.map((of) => of.get(path))
    return values.every((value) => value === values[0]) ? [] : [{ path, values }]
  })
}
