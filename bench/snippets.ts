/**
 * Runs every client snippet for real, those of a bundle's `clients` folder and those that the window shows, against
 * the bundle, with a token and without, and compares what they print with the recorded predictions:
 *
 *     node bench/snippets.ts <bundle>
 *
 * `$SLIPWAY_PYTHON` names a Python with requests. A tool that is not installed is named. The OCI command line signs
 * its requests, for which a made-up profile is enough here: nobody checks the signature.
 */
import { execFile, execFileSync } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { z } from 'zod'
import { type SnippetLanguage, snippet, snippetLanguages } from '../renderer/panels/deployments/snippets.ts'
import { startProgram } from './setting/start-program.ts'

const run = promisify(execFile)
const bundle = resolve(process.argv[2] ?? '.')
const python = process.env.SLIPWAY_PYTHON ?? 'python3'
const token = 'a-token'

const value = z.union([z.string(), z.number(), z.boolean(), z.null()])
const examples = z
  .object({
    rows: z.array(z.record(z.string(), value)),
    predictions: z.array(value),
    probabilities: z.array(z.array(z.number())).nullish(),
  })
  .parse(JSON.parse(await readFile(join(bundle, 'examples.json'), 'utf8')))
const row = examples.rows[0] ?? {}
const prediction = examples.predictions[0]
const probabilities = examples.probabilities?.[0] ?? []

interface Tool {
  file: string
  /** Of the bundle's `clients` folder. */
  client: string
  command: string
  /** Words before the file's name. */
  words: string[]
  found: string[]
}
const tools: Record<SnippetLanguage, Tool> = {
  curl: { file: 'x.sh', client: 'curl.sh', command: 'sh', words: [], found: ['curl', '--version'] },
  python: {
    file: 'x.py',
    client: 'predict.py',
    command: python,
    words: [],
    found: [python, '-c', 'import requests'],
  },
  javascript: {
    file: 'x.mjs',
    client: 'predict.mjs',
    command: process.execPath,
    words: [],
    found: [process.execPath, '-v'],
  },
  java: {
    file: 'Predict.java',
    client: 'Predict.java',
    command: 'java',
    words: [],
    found: ['java', '-version'],
  },
  r: {
    file: 'x.R',
    client: 'predict.R',
    command: 'Rscript',
    words: [],
    found: ['Rscript', '-e', 'library(httr2)'],
  },
  oci: { file: 'x.sh', client: 'oci.sh', command: 'sh', words: [], found: ['oci', '--version'] },
}

const folder = await mkdtemp(join(os.tmpdir(), 'slipway-snippets-'))
const key = join(folder, 'key.pem')
execFileSync('openssl', ['genrsa', '-out', key, '2048'], { stdio: 'ignore' })
const profile = {
  user: `ocid1.user.oc1..${'a'.repeat(60)}`,
  tenancy: `ocid1.tenancy.oc1..${'a'.repeat(60)}`,
  fingerprint: Array(16).fill('00').join(':'),
  region: 'us-ashburn-1',
  key_file: key,
}
const config = join(folder, 'config')
await writeFile(config, ['[DEFAULT]', ...Object.entries(profile).map((pair) => pair.join('='))].join('\n'))
execFileSync('chmod', ['600', config, key])

/** What is printed must hold the prediction, and every probability that is printed must be one of the recorded. */
function agrees(out: string): boolean {
  const numbers = (out.match(/\b0\.\d{6,}/g) ?? []).map(Number)
  return out.includes(String(prediction)) || /FALSE|False/.test(out) === (prediction === false)
    ? numbers.every((found) => probabilities.includes(found))
    : false
}

let failed = 0
for (const withToken of [false, true]) {
  const settings = withToken ? ['--token', token] : []
  const state = join(folder, `state-${withToken}`)
  const server = await startProgram(join(bundle, 'server.mjs'), [
    'serve',
    '--port',
    '0',
    '--state',
    state,
    ...settings,
  ])
  const env = {
    ...process.env,
    OCI_CLI_CONFIG_FILE: config,
    SUPPRESS_LABEL_WARNING: 'True',
    ...(withToken ? { SLIPWAY_TOKEN: token } : {}),
  }
  for (const language of Object.keys(snippetLanguages) as SnippetLanguage[]) {
    const { file, client, command, words, found } = tools[language]
    const name = `${snippetLanguages[language].padEnd(10)} ${withToken ? 'with a token   ' : 'without a token'}`
    try {
      await run(found[0] ?? '', found.slice(1))
    } catch {
      console.log(`not run  ${name}  ${found.join(' ')} failed`)
      continue
    }
    const path = join(folder, file)
    await writeFile(path, snippet(language, { endpoint: server.endpoint, rows: [row], token: withToken }))
    const attempts = { window: [path], bundle: [join(bundle, 'clients', client), server.endpoint] }
    for (const [where, args] of Object.entries(attempts)) {
      const out = await run(command, [...words, ...args], { env }).then(
        ({ stdout }) => stdout,
        (error: unknown) => String(error),
      )
      const ok = agrees(out)
      if (!ok) failed++
      console.log(`${ok ? 'ok     ' : 'FAILED '}  ${name}  ${where}${ok ? '' : `\n${out}`}`)
    }
  }
  await server.stop()
}
await rm(folder, { recursive: true, force: true })
process.exitCode = failed === 0 ? 0 : 1
