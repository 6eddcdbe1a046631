/** What a YAML file here may say; members that are `undefined` are left out. */
export type Yaml =
  | string
  | number
  | boolean
  | null
  | readonly Yaml[]
  | { readonly [key: string]: Yaml | undefined }

/** Words that YAML 1.1 or 1.2 reads as something other than text. */
const reserved = /^(true|false|yes|no|on|off|y|n|null|nan|inf)$/i
const plain = /^[A-Za-z_/][A-Za-z0-9_./-]*$/

/** JSON's quoted text is YAML's double-quoted text, but for characters that YAML 1.1 takes as line breaks. */
function textOf(text: string): string {
  if (plain.test(text) && !reserved.test(text)) return text
  return JSON.stringify(text).replace(
    /[\u007f-\u00a0\u2028\u2029\ufeff\ufffe\uffff]/g,
    (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

function numberText(value: number): string {
  if (!Number.isFinite(value)) throw new Error(`A YAML file here has no number ${value}.`)
  // A float without a point in its mantissa is text to YAML 1.1.
  return String(value).replace(/^(-?\d+)e/, '$1.0e')
}

function members(value: { readonly [key: string]: Yaml | undefined }): [string, Yaml][] {
  return Object.entries(value).filter((member): member is [string, Yaml] => member[1] !== undefined)
}

/** Lines of a value that stands below its key or dash; null where it fits behind it, as one word. */
function block(value: Yaml): string[] | null {
  if (typeof value !== 'object' || value === null) return null
  if (Array.isArray(value)) {
    return value.length === 0 ? null : value.flatMap((item) => inList(item))
  }
  const entries = members(value as { readonly [key: string]: Yaml })
  if (entries.length === 0) return null
  return entries.flatMap(([key, member]) => {
    const lines = block(member)
    if (lines === null) return [`${textOf(key)}: ${word(member)}`]
    return [`${textOf(key)}:`, ...lines.map((line) => `  ${line}`)]
  })
}

function inList(item: Yaml): string[] {
  const lines = block(item)
  if (lines === null) return [`- ${word(item)}`]
  return lines.map((line, i) => (i === 0 ? `- ${line}` : `  ${line}`))
}

function word(value: Yaml): string {
  switch (typeof value) {
    case 'string':
      return textOf(value)
    case 'number':
      return numberText(value)
    case 'boolean':
      return String(value)
    default:
      return value === null ? 'null' : Array.isArray(value) ? '[]' : '{}'
  }
}

/**
 * A YAML file that versions 1.1 and 1.2 read alike: block style, text quoted wherever it could be taken for
 * something else.
 *
 * @param comments lines above the first document
 */
export function yamlFile(comments: readonly string[], documents: readonly Yaml[]): string {
  const head = comments.map((line) => (line === '' ? '#\n' : `# ${line}\n`)).join('')
  const bodies = documents.map((document) => `${(block(document) ?? [word(document)]).join('\n')}\n`)
  return head + bodies.join('---\n')
}
