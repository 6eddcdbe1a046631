import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { examplesSchema, type Manifest, type Target } from '../../shared/bundle/manifest.ts'
import { openApiDocument } from '../../shared/bundle/openapi.ts'
import { type ModelVersion, versionFiles } from '../../shared/catalog/version.ts'
import { decodeJson } from '../../shared/decode.ts'

export interface BundleFile {
  path: string
  bytes: Uint8Array
  executable: boolean
}

/** What goes into a bundle from the catalog's version folder, as it stands. */
const carried = [
  versionFiles.features,
  versionFiles.signature,
  versionFiles.baseline,
  versionFiles.examples,
  versionFiles.card,
  versionFiles.modelTopology,
  versionFiles.modelWeights,
]

const commands = {
  serve: 'answers requests over HTTP',
  score: 'scores a CSV or NDJSON file',
  verify: 'checks the files and replays the recorded rows',
}

/** Puts values into `{{name}}` places. @throws Error for a place without a value */
function fill(template: string, values: Readonly<Record<string, string>>): string {
  return template.replace(/\{\{(\w+)\}\}/g, (_, name: string) => {
    const value = values[name]
    if (value === undefined) throw new Error(`The template has no value for {{${name}}}.`)
    return value
  })
}

/** One argument for a POSIX shell. */
const shellQuoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`

function curl(endpoint: string, body: string): string {
  return `curl -s ${endpoint}/predict -H 'content-type: application/json' -d ${shellQuoted(body)}`
}

export interface BundleParts {
  record: ModelVersion
  versionFolder: string
  templateFolder: string
  servingFile: string
}

/**
 * Everything a bundle for any platform holds, but its manifest.
 *
 * @throws Failure when the catalog's files are not of their formats
 */
export async function bundleFiles({
  record,
  versionFolder,
  templateFolder,
  servingFile,
}: BundleParts): Promise<BundleFile[]> {
  const { name, version, signature, task } = record
  const files: BundleFile[] = []
  const add = (path: string, content: string | Uint8Array, executable = false) => {
    files.push({
      path,
      bytes: typeof content === 'string' ? new TextEncoder().encode(content) : content,
      executable,
    })
  }
  for (const path of carried) add(path, await readFile(join(versionFolder, path)))
  const examplesPath = join(versionFolder, versionFiles.examples)
  const examples = decodeJson(examplesSchema, await readFile(examplesPath, 'utf8'), examplesPath)
  const example = examples.rows[0] ?? {}
  add('server.mjs', await readFile(servingFile))
  add('openapi.json', `${JSON.stringify(openApiDocument({ name, version, signature, example }), null, 2)}\n`)

  const template = (path: string) => readFile(join(templateFolder, path), 'utf8')
  const rows = [example]
  const body = JSON.stringify({ data: rows })
  const values = {
    name,
    version: String(version),
    task,
    target: signature.target.name,
    curl: curl('http://127.0.0.1:8080', body),
    curlOfEndpoint: curl('"$endpoint"', body),
    rows: JSON.stringify(rows),
    // A JSON string of ASCII is a Python string literal as well.
    rowsAsPython: JSON.stringify(JSON.stringify(rows)),
  }
  const launch = await template('launch.sh')
  const launchCmd = await template('launch.cmd')
  for (const [command, purpose] of Object.entries(commands)) {
    add(command, fill(launch, { ...values, command, purpose }), true)
    add(`${command}.cmd`, fill(launchCmd, { ...values, command, purpose }).replace(/\r?\n/g, '\r\n'))
  }
  for (const path of ['Dockerfile', 'README.md', 'clients/predict.py', 'clients/predict.mjs']) {
    add(path, fill(await template(path), values))
  }
  add('clients/curl.sh', fill(await template('clients/curl.sh'), values), true)
  return files
}

export function manifestOf(
  record: ModelVersion,
  files: readonly BundleFile[],
  about: { slipway: string; node: string; target: Target },
): Manifest {
  return {
    format: 1,
    name: record.name,
    version: record.version,
    created: record.created,
    runtime: { slipway: about.slipway, node: about.node, target: about.target },
    files: files
      .map((file) => ({
        path: file.path,
        bytes: file.bytes.byteLength,
        sha256: createHash('sha256').update(file.bytes).digest('hex'),
      }))
      .sort((a, b) => (a.path < b.path ? -1 : 1)),
  }
}
