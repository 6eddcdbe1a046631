/** The snippets run as they are pasted, against a bundle that serves. Python is run by hand: `python clients/predict.py`. */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type SampleWorkspace, sampleWorkspace } from './testing/sample-workspace.ts'
import { runTool } from './testing/tool.ts'

const runFile = promisify(execFile)
const token = 'a "token" with $signs'

let workspace: SampleWorkspace
let bundle: string
let server: ChildProcess
let endpoint: string

beforeAll(async () => {
  workspace = await sampleWorkspace()
  bundle = (await workspace.bundles.package({ name: 'churn', version: 1 }, {}, () => {})).path
  const args = ['serve', '--port', '0', '--state', join(workspace.folder, 'state')]
  server = spawn(process.execPath, [join(bundle, 'server.mjs'), ...args], { env: { SLIPWAY_TOKEN: token } })
  endpoint = await new Promise<string>((ready, reject) => {
    let out = ''
    server.stdout?.on('data', (bytes) => {
      out += bytes
      const match = /^ready (\S+)/m.exec(out)
      if (match?.[1]) ready(match[1])
    })
    server.once('exit', (code) => reject(new Error(`the server ended with ${code}`)))
  })
})
afterAll(async () => {
  server.kill('SIGKILL')
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
    const curl = runTool('curl', ['--version'])
    if (curl === null) return
    expectFirstPrediction((await runFile(client('curl.sh'), [endpoint], { env })).stdout)
    const { SLIPWAY_TOKEN: _, ...without } = env
    const refused = await runFile(client('curl.sh'), [endpoint], { env: without })
    expect(JSON.parse(refused.stdout)).toMatchObject({ error: { code: 'unauthorized' } })
  })

  it('in Java predicts what training predicted', async () => {
    if (runTool('java', ['-version']) === null) return
    expectFirstPrediction((await runFile('java', [client('Predict.java'), endpoint], { env })).stdout)
  })

  it('for OCI hands the command line the address and the body as they are', async () => {
    // A function of the shell stands where the command line would be, and prints what it is given.
    const script = `oci() { printf '%s\\n' "$@"; }\n${await readFile(client('oci.sh'), 'utf8')}`
    const { stdout } = await runFile('sh', ['-c', script, 'oci.sh', endpoint])
    const words = stdout.trimEnd().split('\n')
    expect(words).toContain(`${endpoint}/predict`)
    const body = JSON.parse(words[words.indexOf('--request-body') + 1] ?? '')
    expect(body).toEqual({ data: [workspace.sample.rows[0]] })
  })
})

describe("the Dockerfile's health check", () => {
  it('passes while the server is ready and fails when it is not there', async () => {
    const dockerfile = await readFile(join(bundle, 'Dockerfile'), 'utf8')
    const [, ...words]: string[] = JSON.parse(/^HEALTHCHECK .* CMD (\[.*\])$/m.exec(dockerfile)?.[1] ?? '[]')
    const at = (address: string) => words.map((word) => word.replace('http://127.0.0.1:8080', address))
    await runFile(process.execPath, at(endpoint))
    await expect(runFile(process.execPath, at('http://127.0.0.1:9'))).rejects.toMatchObject({ code: 1 })
  })
})
