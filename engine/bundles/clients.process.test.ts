/**
 * The snippets run as they are pasted, against a bundle that serves. Those whose language is not installed are skipped;
 * `node bench/snippets.ts <bundle>` runs all of them, and the window's, and tells which could be run.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { endChild } from '../../serving/testing/end-child.ts'
import { needPart, runTool } from '../../serving/testing/run-tool.ts'
import { type SampleWorkspace, sampleWorkspace } from './testing/sample-workspace.ts'

const runFile = promisify(execFile)
const token = 'a "token" with $signs'

let workspace: SampleWorkspace
let bundle: string
const servers: ChildProcess[] = []
let endpoint: string

async function startServer(env: Record<string, string>): Promise<string> {
  const state = join(workspace.folder, `state-${servers.length}`)
  const words = [join(bundle, 'server.mjs'), 'serve', '--port', '0', '--state', state]
  const server = spawn(process.execPath, words, { env })
  servers.push(server)
  return new Promise<string>((ready, reject) => {
    let out = ''
    server.stdout?.on('data', (bytes) => {
      out += bytes
      const match = /^ready (\S+)/m.exec(out)
      if (match?.[1]) ready(match[1])
    })
    server.once('exit', (code) => reject(new Error(`the server ended with ${code}`)))
  })
}

beforeAll(async () => {
  workspace = await sampleWorkspace()
  bundle = (await workspace.bundles.package({ name: 'churn', version: 1 }, {}, () => {})).path
  endpoint = await startServer({ SLIPWAY_TOKEN: token })
})
afterAll(async () => {
  await Promise.all(servers.map((server) => endChild(server, 'SIGKILL')))
  await workspace.remove()
})

const env = { ...process.env, SLIPWAY_TOKEN: token }
const client = (file: string) => join(bundle, 'clients', file)

function expectFirstPrediction(out: string): void {
  const { predictions, probabilities } = workspace.sample
  expect(JSON.parse(out)).toMatchObject({
    prediction: [predictions[0]],
    probabilities: [{ No: probabilities?.[0]?.[0], Yes: probabilities?.[0]?.[1] }],
    model: { name: 'churn', version: 1 },
  })
}

describe('client snippets', () => {
  it('are there for the shell, Python, JavaScript, Java, R and the OCI command line', async () => {
    const files = await readdir(join(bundle, 'clients'))
    expect(files.sort()).toEqual([
      'Predict.java',
      'curl.sh',
      'oci.sh',
      'predict.R',
      'predict.mjs',
      'predict.py',
    ])
    for (const file of files) expect(await readFile(client(file), 'utf8')).not.toContain('{{')
  })

  it('in JavaScript predicts what training predicted', async () => {
    expectFirstPrediction(
      (await runFile(process.execPath, [client('predict.mjs'), endpoint], { env })).stdout,
    )
  })

  it('in JavaScript says what the server said against it', async () => {
    const refused = runFile(process.execPath, [client('predict.mjs'), endpoint], { env: {} })
    await expect(refused).rejects.toThrow('A bearer token is needed')
  })

  it('with curl predicts what training predicted, with the token and without one to give', async () => {
    expectFirstPrediction((await runFile(client('curl.sh'), [endpoint], { env })).stdout)
    const { SLIPWAY_TOKEN: _, ...without } = env
    const refused = await runFile(client('curl.sh'), [endpoint], { env: without })
    expect(JSON.parse(refused.stdout)).toMatchObject({ error: { code: 'unauthorized' } })
  })

  it('in Java predicts what training predicted', async (test) => {
    needPart(test, 'runtime', 'java', ['-version'])
    expectFirstPrediction((await runFile('java', [client('Predict.java'), endpoint], { env })).stdout)
  })

  it('in Python predicts what training predicted', async (test) => {
    const python = process.env.SLIPWAY_PYTHON ?? 'python3'
    needPart(test, 'requests', python, ['-c', 'import requests'])
    expectFirstPrediction((await runFile(python, [client('predict.py'), endpoint], { env })).stdout)
  })

  it('in R predicts what training predicted', async (test) => {
    needPart(test, 'httr2', 'Rscript', ['-e', 'library(httr2)'])
    const { stdout } = await runFile('Rscript', [client('predict.R'), endpoint], { env })
    const [no = 0, yes = 0] = workspace.sample.probabilities?.[0] ?? []
    const printed = stdout.match(/\b\d(\.\d+)?(e-\d+)?\b/g)?.map(Number)
    expect(printed).toContain(no)
    expect(printed).toContain(yes)
    expect(stdout).toContain(`"${workspace.sample.predictions[0]}"`)
  })

  it('with the OCI command line predicts what training predicted, with a profile that nobody checks', async (test) => {
    runTool(test, 'oci', ['--version'])
    runTool(test, 'openssl', ['version'])
    const [config, key] = ['oci-config', 'oci-key.pem'].map((name) => join(workspace.folder, name))
    await runFile('openssl', ['genrsa', '-out', `${key}`, '2048'])
    const profile = {
      user: `ocid1.user.oc1..${'a'.repeat(60)}`,
      tenancy: `ocid1.tenancy.oc1..${'a'.repeat(60)}`,
      fingerprint: Array(16).fill('00').join(':'),
      region: 'us-ashburn-1',
      key_file: `${key}`,
    }
    const lines = ['[DEFAULT]', ...Object.entries(profile).map((pair) => pair.join('='))]
    await writeFile(`${config}`, lines.join('\n'), { mode: 0o600 })
    const plain = 'token-of-letters'
    const other = await startServer({ SLIPWAY_TOKEN: plain })
    const settings = { OCI_CLI_CONFIG_FILE: `${config}`, SUPPRESS_LABEL_WARNING: 'True' }
    const { stdout } = await runFile(client('oci.sh'), [other], {
      env: { ...env, ...settings, SLIPWAY_TOKEN: plain },
    })
    expectFirstPrediction(JSON.stringify(JSON.parse(stdout).data))
  })

  it('for OCI hands the command line the address, the token and the body as they are', async () => {
    // A function of the shell stands where the command line would be, and prints what it is given.
    const script = `oci() { printf '%s\\n' "$@"; }\n${await readFile(client('oci.sh'), 'utf8')}`
    const strange = `${token} and a \\ besides`
    const { stdout } = await runFile('sh', ['-c', script, 'oci.sh', endpoint], {
      env: { ...env, SLIPWAY_TOKEN: strange },
    })
    const words = stdout.trimEnd().split('\n')
    expect(words).toContain(`${endpoint}/predict`)
    const body = JSON.parse(words[words.indexOf('--request-body') + 1] ?? '')
    expect(body).toEqual({ data: [workspace.sample.rows[0]] })
    const headers = JSON.parse(words[words.indexOf('--request-headers') + 1] ?? '')
    expect(headers).toEqual({ 'content-type': 'application/json', 'x-slipway-token': strange })
  })
})

describe("the Dockerfile's health check", () => {
  const asks = async (settings: Record<string, string>) => {
    const dockerfile = await readFile(join(bundle, 'Dockerfile'), 'utf8')
    const [, ...words]: string[] = JSON.parse(/^HEALTHCHECK .* CMD (\[.*\])$/m.exec(dockerfile)?.[1] ?? '[]')
    const from = dockerfile.match(/^ENV (SLIPWAY_HOST=\S+) (SLIPWAY_PORT=\S+)/m)?.slice(1) ?? []
    return runFile(process.execPath, words, {
      env: { ...Object.fromEntries(from.map((pair) => pair.split('='))), ...settings },
    })
  }

  it('passes while the server is ready, on whatever port, and fails when it is not there', async () => {
    await asks({ SLIPWAY_PORT: new URL(endpoint).port })
    await expect(asks({ SLIPWAY_PORT: '9' })).rejects.toMatchObject({ code: 1 })
  })

  it('passes over TLS, whatever name the certificate has', async (test) => {
    runTool(test, 'openssl', ['version'])
    const [key, certificate] = ['tls-key.pem', 'tls.pem'].map((name) => join(workspace.folder, name)) as [
      string,
      string,
    ]
    const made = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=model.example', '-days', '2']
    await runFile('openssl', [...made, '-keyout', key, '-out', certificate])
    const tls = { SLIPWAY_TLS_CERT: certificate, SLIPWAY_TLS_KEY: key }
    const { port } = new URL(await startServer(tls))
    await asks({ ...tls, SLIPWAY_PORT: port })
    await expect(asks({ SLIPWAY_PORT: port })).rejects.toMatchObject({ code: 1 })
  })
})
