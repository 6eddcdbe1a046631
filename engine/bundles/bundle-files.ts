import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import {
  type Component,
  type Components,
  componentsSchema,
  licensesText,
  withComponents,
} from '../../shared/bundle/components.ts'
import { examplesSchema, type Manifest } from '../../shared/bundle/manifest.ts'
import { openApiDocument } from '../../shared/bundle/openapi/openapi-document.ts'
import { sbomDocument } from '../../shared/bundle/sbom.ts'
import { tensorComponentsFile, tensorFiles } from '../../shared/bundle/tensor-files.ts'
import { type ModelVersion, versionFiles } from '../../shared/catalog/version.ts'
import { decodeJson } from '../../shared/decode.ts'
import { Failure } from '../../shared/failure.ts'
import { modelFormatOf, weightsFileOf } from '../../shared/models/parse-model.ts'
import { transformPaths } from '../../shared/transforms/transform-plan.ts'
import { restoreFolder } from '../catalog/restore-folder.ts'
import {
  composeDocument,
  hostName,
  kserveDocument,
  kubernetesDocuments,
} from './documents/deploy-documents.ts'
import { yamlFile } from './documents/yaml.ts'
import type { RuntimePackage } from './runtimes/runtimes.ts'

export type BundleFile =
  | { path: string; executable: boolean; bytes: Uint8Array }
  /** A large file that is copied from where it lies, of a digest known beforehand. */
  | { path: string; executable: boolean; source: string; size: number; sha256: string }

/** What goes into a bundle from the catalog's version folder, as it stands. */
const carried = [
  versionFiles.features,
  versionFiles.signature,
  versionFiles.baseline,
  versionFiles.examples,
  versionFiles.modelTopology,
]

const commands = {
  serve: 'answers requests over HTTP',
  score: 'scores a CSV or NDJSON file',
  verify: 'checks the files and replays the recorded rows',
}

const imageComment =
  'The image is the one that `docker build` makes here; push it to a registry that the cluster reads, and name it so.'
const tokenComment =
  'A secret <name>-token with the key `token` makes every route but the health ones ask for a bearer token.'
const idKeyComment = (host: string) =>
  `Once, before the first apply: kubectl create secret generic ${host}-id-key --from-literal=key="$(openssl rand -hex 32)". By this key each replica takes feedback to the predictions of all.`
const composeComments = ['docker compose up --build']
const kubernetesComments = (host: string) => [
  'kubectl apply -f kubernetes.yaml',
  idKeyComment(host),
  imageComment,
  tokenComment,
  'Scraping then needs it too (spec.endpoints[0].authorization of the ServiceMonitor, which Prometheus Operator reads).',
  'Windows and feedback live as long as their pod; give it a persistent volume where they must outlive it.',
]
const kserveComments = (host: string) => [
  'kubectl apply -f deploy/kserve.yaml',
  idKeyComment(host),
  imageComment,
  tokenComment,
]

/** Puts values into `{{name}}` places. @throws Error for a place without a value */
function fill(template: string, values: Readonly<Record<string, string>>): string {
  return template.replace(/\{\{(\w+)\}\}/g, (_, name: string) => {
    const value = values[name]
    if (value === undefined) throw new Error(`The template has no value for {{${name}}}.`)
    return value
  })
}

const clients = ['curl.sh', 'oci.sh', 'predict.py', 'predict.mjs', 'Predict.java', 'predict.R'].map(
  (file) => `clients/${file}`,
)

/** Everything but ASCII as `\\uXXXX`. */
const asciiOnly = (text: string): string =>
  text.replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)

/** One argument for a POSIX shell. */
const shellQuoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`

function curl(endpoint: string, body: string): string {
  return `curl -s ${endpoint}/predict -H 'content-type: application/json' -d ${shellQuoted(body)}`
}

/** What the README says of SQL between a request and the model; nothing where there is none. */
function transformsSection({ transforms }: ModelVersion): string {
  if (!transforms) return ''
  const { servingInput, cells, statistics } = transforms
  const steps = cells.map(({ relation, file }) => `- \`${file}\` makes ${relation}`)
  const frozen = statistics.map(({ expression, value }) => `- \`${expression}\` is ${value}`)
  return [
    '## SQL on the way to the model',
    `A request carries columns of \`${servingInput}\`; DuckDB in \`runtime/\` runs the notebook's SQL on each row by itself:`,
    steps.join('\n'),
    ...(frozen.length > 0
      ? ['Statistics of the training rows that were frozen in it:', frozen.join('\n')]
      : []),
    'A row that the SQL cannot compute, or that its filters leave out, is answered with an error that names it.\n\n',
  ].join('\n\n')
}

export interface BundleParts {
  record: ModelVersion
  versionFolder: string
  /** As somebody edited it; null carries the one that training wrote. */
  card: string | null
  templateFolder: string
  /** The built `server.mjs`, with `components.json` beside it. */
  servingFile: string
  runtime: Manifest['runtime']
  /** What `runtime/` is made of; none in a bundle for any platform. */
  packages?: readonly RuntimePackage[]
  /** `resources/runtimes`, with a licence text for each part. */
  licenseFolder: string
}

const digest = (content: string | Uint8Array) => createHash('sha256').update(content).digest('hex')

const listed = (files: readonly BundleFile[]): Manifest['files'] =>
  files
    .map((file) =>
      'bytes' in file
        ? { path: file.path, bytes: file.bytes.byteLength, sha256: digest(file.bytes) }
        : { path: file.path, bytes: file.size, sha256: file.sha256 },
    )
    .sort((a, b) => (a.path < b.path ? -1 : 1))

/** Of a file that belongs to Slipway itself. */
const anew = 'Build Slipway again, or install it anew.'

async function readComponents(servingFile: string, file = 'components.json'): Promise<Components> {
  const path = join(dirname(servingFile), file)
  const text = await readFile(path, 'utf8').catch(() => {
    throw new Failure(
      'not-found',
      `${path} is missing: it names what the serving runtime is made of, for the bundle's licences.`,
      anew,
    )
  })
  return decodeJson(componentsSchema, text, path, anew)
}

/** The packages of `runtime/` as the bill of materials and the licences list them. */
async function runtimeComponents(
  packages: readonly RuntimePackage[],
  licenseFolder: string,
): Promise<Component[]> {
  const components = packages.map(async ({ part, name, version, license, files }) => ({
    name,
    version,
    license,
    description: `${files.map((file) => file.to).join(' and ')} of this bundle`,
    dependsOn: [],
    licenseText: gunzipSync(await readFile(join(licenseFolder, `${part}-license.txt.gz`))).toString('utf8'),
  }))
  return Promise.all(components)
}

/** Where a container of this bundle runs: on the image of Node, or with the bundle's own where that is a Linux one. */
function containerOf(target: Manifest['runtime']['target']) {
  if (target === 'linux-x64') return { template: 'Dockerfile.self-contained', arch: 'amd64' } as const
  if (target === 'linux-arm64') return { template: 'Dockerfile.self-contained', arch: 'arm64' } as const
  return { template: 'Dockerfile' }
}

/**
 * Everything a bundle holds, but its manifest.
 *
 * @throws Failure when the catalog's files are not of their formats
 */
export async function bundleFiles({
  record,
  versionFolder,
  card,
  templateFolder,
  servingFile,
  runtime,
  packages = [],
  licenseFolder,
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
  const transforms = record.transforms ? transformPaths(record.transforms) : []
  for (const path of [...carried, ...transforms]) add(path, await readFile(join(versionFolder, path)))
  add(versionFiles.card, card ?? (await readFile(join(versionFolder, versionFiles.card))))
  const modelJson = await readFile(join(versionFolder, versionFiles.modelTopology), 'utf8')
  const weightsFile = weightsFileOf(modelJson)
  if (weightsFile) add(weightsFile, await readFile(join(versionFolder, weightsFile)))
  const examplesPath = join(versionFolder, versionFiles.examples)
  const examples = decodeJson(
    examplesSchema,
    await readFile(examplesPath, 'utf8'),
    examplesPath,
    restoreFolder(versionFolder),
  )
  const example = examples.rows[0] ?? {}
  add('server.mjs', await readFile(servingFile))
  const hasTensors = modelFormatOf(modelJson) === 'tfjs'
  for (const file of hasTensors ? tensorFiles : [])
    add(file, await readFile(join(dirname(servingFile), file)))
  add('openapi.json', `${JSON.stringify(openApiDocument({ name, version, signature, example }), null, 2)}\n`)

  const template = (path: string) => readFile(join(templateFolder, path), 'utf8')
  const rows = [example]
  const body = JSON.stringify({ data: rows })
  const own = packages.length > 0
  const values = {
    name,
    needs: own
      ? `It runs by itself on ${runtime.target}: Node ${runtime.node} is inside, in \`runtime/\`.`
      : 'This folder runs by itself: it needs Node 22.12 or newer and nothing else.',
    serviceNeeds: own
      ? `Runs on the Node ${runtime.node} that it carries.`
      : 'Needs Node 22.12 or newer in /usr/local/bin or /usr/bin.',
    transforms: transformsSection(record),
    host: hostName(name),
    node: runtime.node,
    version: String(version),
    task,
    target: signature.target.name,
    curl: curl('http://127.0.0.1:8080', body),
    bodyAsShell: shellQuoted(body),
    rows: JSON.stringify(rows),
    // A JSON text is a text literal of these languages as well. Java reads its files in the system's encoding.
    rowsAsPython: JSON.stringify(JSON.stringify(rows)),
    rowsAsR: JSON.stringify(JSON.stringify(rows)),
    rowsAsJava: asciiOnly(JSON.stringify(JSON.stringify(rows))),
  }
  const container = containerOf(runtime.target)
  const launch = await template('launch.sh')
  const launchCmd = await template('launch.cmd')
  for (const [command, purpose] of Object.entries(commands)) {
    add(command, fill(launch, { ...values, command, purpose }), true)
    add(`${command}.cmd`, fill(launchCmd, { ...values, command, purpose }).replace(/\r?\n/g, '\r\n'))
  }
  add('Dockerfile', fill(await template(container.template), values))
  for (const path of ['README.md', ...clients]) {
    add(path, fill(await template(path), values), path.endsWith('.sh'))
  }
  const deployed = { name: values.host, version, ...('arch' in container ? { arch: container.arch } : {}) }
  add('.dockerignore', await template('dockerignore'))
  add(`deploy/${values.host}.service`, fill(await template('deploy/systemd.service'), values))
  add('deploy/nginx.conf', fill(await template('deploy/nginx.conf'), values))
  add('compose.yaml', yamlFile(composeComments, [composeDocument(deployed)]))
  add('kubernetes.yaml', yamlFile(kubernetesComments(values.host), kubernetesDocuments(deployed)))
  add('deploy/kserve.yaml', yamlFile(kserveComments(values.host), [kserveDocument(deployed)]))
  for (const { to, source, bytes, sha256, executable } of packages.flatMap((one) => one.files)) {
    files.push({ path: to, executable, source, size: bytes, sha256 })
  }
  const codeFiles = hasTensors ? ['server.mjs', 'tensors.mjs'] : ['server.mjs']
  const inServer = await readComponents(servingFile)
  const { components } = hasTensors
    ? withComponents(inServer, await readComponents(servingFile, tensorComponentsFile))
    : inServer
  const carriedRuntime = await runtimeComponents(packages, licenseFolder)
  const { node, slipway } = runtime
  const contents = { record, components, runtime: carriedRuntime, node, slipway, files: listed(files) }
  add('sbom.cdx.json', `${JSON.stringify(sbomDocument({ ...contents, sha256: digest }), null, 2)}\n`)
  add('LICENSES.txt', licensesText(`${name}-${version}`, components, carriedRuntime, codeFiles))
  return files
}

export function manifestOf(
  record: ModelVersion,
  files: readonly BundleFile[],
  runtime: Manifest['runtime'],
): Manifest {
  return {
    format: 1,
    name: record.name,
    version: record.version,
    created: record.created,
    runtime,
    ...(record.transforms ? { transforms: record.transforms } : {}),
    files: listed(files),
  }
}
