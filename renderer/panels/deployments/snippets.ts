import { quoteForShell } from './shell-quote.ts'

/** One row as a request carries it. */
export type RequestRow = Record<string, string | number | boolean | null>

export const snippetLanguages = {
  curl: 'curl',
  python: 'Python',
  javascript: 'JavaScript',
  java: 'Java',
  r: 'R',
  oci: 'OCI',
} as const
export type SnippetLanguage = keyof typeof snippetLanguages

/** What a snippet calls. With `token`, it sends the one of the environment variable `SLIPWAY_TOKEN`. */
export interface SnippetRequest {
  readonly endpoint: string
  readonly rows: readonly RequestRow[]
  readonly token: boolean
}

const packedWidth = 40

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

const packedBody = (rows: readonly RequestRow[]): string => `{"data":[\n${rows.map(packed).join(',\n')}]}`

/** A command for a POSIX shell that can be pasted as it stands, whatever the row's text contains. */
export function curlSnippet({ endpoint, rows, token }: SnippetRequest): string {
  return [
    `curl -sS ${quoteForShell(`${endpoint}/predict`)}`,
    ...(token ? ['  -H "authorization: Bearer $SLIPWAY_TOKEN"'] : []),
    `  -H 'content-type: application/json'`,
    `  -d ${quoteForShell(packedBody(rows))}`,
  ].join(' \\\n')
}

/** Python source for the `requests` package. */
export function pythonSnippet({ endpoint, rows, token }: SnippetRequest): string {
  return [
    ...(token ? ['import os', ''] : []),
    'import requests',
    '',
    `rows = ${pythonLiteral(rows)}`,
    'response = requests.post(',
    `    ${JSON.stringify(`${endpoint}/predict`)},`,
    '    json={"data": rows},',
    ...(token ? ['    headers={"authorization": f"Bearer {os.environ[\'SLIPWAY_TOKEN\']}"},'] : []),
    '    timeout=60,',
    ')',
    'response.raise_for_status()',
    'print(response.json()["prediction"])',
  ].join('\n')
}

/** An ES module for browsers, Node 18 or newer, Deno and Bun; the token is read as Node, Deno and Bun do. */
export function javascriptSnippet({ endpoint, rows, token }: SnippetRequest): string {
  return [
    `const rows = ${JSON.stringify(rows, null, 2)}`,
    `const response = await fetch(${JSON.stringify(`${endpoint}/predict`)}, {`,
    "  method: 'POST',",
    token
      ? "  headers: { 'content-type': 'application/json', authorization: 'Bearer ' + process.env.SLIPWAY_TOKEN },"
      : "  headers: { 'content-type': 'application/json' },",
    '  body: JSON.stringify({ data: rows }),',
    '})',
    'if (!response.ok) throw new Error(await response.text())',
    'console.log((await response.json()).prediction)',
  ].join('\n')
}

/** JSON's string escapes are Java's and R's too; whatever is not ASCII is escaped, for compilers that assume a code page. */
const asciiLiteral = (text: string): string =>
  JSON.stringify(text).replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )

/** One file for `java Predict.java`, Java 11 or newer, with the platform's own client. */
export function javaSnippet({ endpoint, rows, token }: SnippetRequest): string {
  const body = rows.flatMap((row, index) => {
    const text = `${index === 0 ? '{"data":[' : ''}${packed(row)}${index < rows.length - 1 ? ',' : ']}'}`
    return text.split('\n').map(asciiLiteral)
  })
  return [
    'import java.net.URI;',
    'import java.net.http.*;',
    '',
    'public class Predict {',
    '    public static void main(String[] arguments) throws Exception {',
    `        String body = ${body.join('\n            + ')};`,
    `        HttpRequest request = HttpRequest.newBuilder(URI.create(${asciiLiteral(`${endpoint}/predict`)}))`,
    '            .header("content-type", "application/json")',
    ...(token ? ['            .header("authorization", "Bearer " + System.getenv("SLIPWAY_TOKEN"))'] : []),
    '            .POST(HttpRequest.BodyPublishers.ofString(body))',
    '            .build();',
    '        HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();',
    '        System.out.println(client.send(request, HttpResponse.BodyHandlers.ofString()).body());',
    '    }',
    '}',
  ].join('\n')
}

/** R source for the `httr2` package. */
export function rSnippet({ endpoint, rows, token }: SnippetRequest): string {
  return [
    'library(httr2)',
    '',
    `body <- ${asciiLiteral(packedBody(rows))}`,
    `answer <- request(${asciiLiteral(`${endpoint}/predict`)}) |>`,
    '  req_body_raw(body, type = "application/json") |>',
    ...(token ? ['  req_auth_bearer_token(Sys.getenv("SLIPWAY_TOKEN")) |>'] : []),
    '  req_perform()',
    'print(resp_body_json(answer)$prediction)',
  ].join('\n')
}

/** OCI's command line, which signs the request with the user's profile: its signature takes the usual place of a token. */
export function ociSnippet({ endpoint, rows, token }: SnippetRequest): string {
  const headers = token
    ? `"{\\"content-type\\":\\"application/json\\",\\"x-slipway-token\\":\\"$(printf %s "$SLIPWAY_TOKEN" | sed 's/[\\\\"]/\\\\&/g')\\"}"`
    : quoteForShell('{"content-type":"application/json"}')
  return [
    'oci raw-request --http-method POST',
    `  --target-uri ${quoteForShell(`${endpoint}/predict`)}`,
    `  --request-headers ${headers}`,
    `  --request-body ${quoteForShell(packedBody(rows))}`,
  ].join(' \\\n')
}

const writers: Record<SnippetLanguage, (request: SnippetRequest) => string> = {
  curl: curlSnippet,
  python: pythonSnippet,
  javascript: javascriptSnippet,
  java: javaSnippet,
  r: rSnippet,
  oci: ociSnippet,
}

export function snippet(language: SnippetLanguage, request: SnippetRequest): string {
  return writers[language](request)
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
