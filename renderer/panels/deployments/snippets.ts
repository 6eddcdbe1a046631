import { quoteForShell } from './shell-quote.ts'

/** One row as a request carries it. */
export type RequestRow = Record<string, string | number | boolean | null>

export type SnippetLanguage = 'curl' | 'python' | 'javascript'

export const snippetLanguages: Record<SnippetLanguage, string> = {
  curl: 'curl',
  python: 'Python',
  javascript: 'JavaScript',
}

const packedWidth = 40

/** A command for a POSIX shell that can be pasted as it stands, whatever the row's text contains. */
export function curlSnippet(endpoint: string, rows: readonly RequestRow[]): string {
  return [
    `curl -sS ${quoteForShell(`${endpoint}/predict`)}`,
    `  -H 'content-type: application/json'`,
    `  -d ${quoteForShell(`{"data":[\n${rows.map(packed).join(',\n')}]}`)}`,
  ].join(' \\\n')
}

/** JSON with line breaks between members, so that a row of many columns stays readable in a narrow box. */
function packed(row: RequestRow): string {
  const lines: string[] = []
  let line = '{'
  Object.entries(row).forEach(([key, value], index, all) => {
    const member = `${JSON.stringify(key)}:${JSON.stringify(value)}${index < all.length - 1 ? ',' : ''}`
    if (line.length > 1 && line.length + member.length > packedWidth) {
      lines.push(line)
      line = ' '
    }
    line += member
  })
  return [...lines, `${line}}`].join('\n')
}

/** Python source for the `requests` package. */
export function pythonSnippet(endpoint: string, rows: readonly RequestRow[]): string {
  return [
    'import requests',
    '',
    `rows = ${pythonLiteral(rows)}`,
    'response = requests.post(',
    `    ${JSON.stringify(`${endpoint}/predict`)},`,
    '    json={"data": rows},',
    '    timeout=60,',
    ')',
    'response.raise_for_status()',
    'print(response.json()["prediction"])',
  ].join('\n')
}

/** An ES module for browsers, Node 18 or newer, Deno and Bun. */
export function javascriptSnippet(endpoint: string, rows: readonly RequestRow[]): string {
  return [
    `const rows = ${JSON.stringify(rows, null, 2)}`,
    `const response = await fetch(${JSON.stringify(`${endpoint}/predict`)}, {`,
    "  method: 'POST',",
    "  headers: { 'content-type': 'application/json' },",
    '  body: JSON.stringify({ data: rows }),',
    '})',
    'if (!response.ok) throw new Error(await response.text())',
    'console.log((await response.json()).prediction)',
  ].join('\n')
}

const writers: Record<SnippetLanguage, (endpoint: string, rows: readonly RequestRow[]) => string> = {
  curl: curlSnippet,
  python: pythonSnippet,
  javascript: javascriptSnippet,
}

export function snippet(language: SnippetLanguage, endpoint: string, rows: readonly RequestRow[]): string {
  return writers[language](endpoint, rows)
}

/** JSON's string escapes are Python's too; the three constants are not, and a row is one line each. */
function pythonLiteral(rows: readonly RequestRow[]): string {
  const lines = rows.map((row) => {
    const items = Object.entries(row).map(
      ([key, value]) => `        ${JSON.stringify(key)}: ${pythonValue(value)},\n`,
    )
    return `    {\n${items.join('')}    },\n`
  })
  return `[\n${lines.join('')}]`
}

function pythonValue(value: string | number | boolean | null): string {
  if (value === null) return 'None'
  if (value === true) return 'True'
  if (value === false) return 'False'
  return JSON.stringify(value)
}
