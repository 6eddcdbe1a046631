function write(value: unknown, indent: string): string {
  if (Array.isArray(value)) {
    if (value.length === 0) return '[]'
    const inner = `${indent}  `
    const items = value.map((item) => `${inner}${write(item === undefined ? null : item, inner)}`)
    return `[\n${items.join(',\n')}\n${indent}]`
  }
  if (typeof value === 'object' && value !== null) {
    const inner = `${indent}  `
    const entries = Object.entries(value)
      .filter(([, item]) => item !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
      .map(([key, item]) => `${inner}${JSON.stringify(key)}: ${write(item, inner)}`)
    return entries.length === 0 ? '{}' : `{\n${entries.join(',\n')}\n${indent}}`
  }
  return JSON.stringify(value) ?? 'null'
}

/** JSON with sorted keys, two-space indent and a trailing newline, so that a file's diff shows only what changed. */
export function stableJson(value: unknown): string {
  return `${write(value, '')}\n`
}
