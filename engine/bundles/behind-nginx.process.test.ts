/** Three replicas behind the bundle's own nginx.conf, where nginx is installed. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import os from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { endChild } from '../../serving/testing/end-child.ts'
import { runTool } from '../../serving/testing/run-tool.ts'
import { type SampleWorkspace, sampleWorkspace } from './testing/sample-workspace.ts'

let workspace: SampleWorkspace
let bundle: string
let scratch: string
const children: ChildProcess[] = []

beforeAll(async () => {
  workspace = await sampleWorkspace()
  bundle = (await workspace.bundles.package({ name: 'churn', version: 1 }, {}, () => {})).path
  scratch = await mkdtemp(join(os.tmpdir(), 'slipway-nginx-'))
})
afterAll(async () => {
  await Promise.all(children.map((child) => endChild(child)))
  await workspace.remove()
  await rm(scratch, { recursive: true, force: true })
})

async function freePort(): Promise<number> {
  const probe = createServer()
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve))
  const address = probe.address()
  await new Promise((resolve) => probe.close(resolve))
  return typeof address === 'object' && address ? address.port : 0
}

async function replica(number: number, env: Record<string, string>): Promise<string> {
  const state = join(scratch, `state-${number}`)
  const words = [join(bundle, 'server.mjs'), 'serve', '--port', '0', '--state', state]
  const server = spawn(process.execPath, words, { env })
  children.push(server)
  return new Promise((ready, reject) => {
    let out = ''
    server.stdout?.on('data', (bytes) => {
      out += bytes
      const port = /^ready http:\/\/127\.0\.0\.1:(\d+) /m.exec(out)?.[1]
      if (port) ready(port)
    })
    server.once('exit', (code) => reject(new Error(`a replica ended with ${code}`)))
  })
}

async function post(url: string, body: unknown, headers: Record<string, string> = {}) {
  const response = await fetch(url, { method: 'POST', body: JSON.stringify(body), headers })
  const answer: { ids: string[]; accepted: number; unknown: string[] } = JSON.parse(await response.text())
  return { answer, requestId: response.headers.get('x-request-id') }
}

it('takes feedback to every prediction, whichever replica it reaches, and keeps the client’s name of a request', async (test) => {
  runTool(test, 'nginx', ['-v'])
  const port = await freePort()
  let conf = (await readFile(join(bundle, 'deploy/nginx.conf'), 'utf8')).replace(
    'listen 127.0.0.1:8080',
    `listen 127.0.0.1:${port}`,
  )
  for (const number of [1, 2, 3]) {
    const own = await replica(number, { SLIPWAY_ID_KEY: 'a key that all three hold' })
    conf = conf.replace(`server 127.0.0.1:808${number} `, `server 127.0.0.1:${own} `)
  }
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `  ${name}_temp_path ${join(scratch, name)};`)
    .join('\n')
  await writeFile(
    join(scratch, 'nginx.conf'),
    conf.replace('http {', `http {\n  access_log off;\n${temporary}`),
  )
  await mkdir(join(scratch, 'logs'))
  const own = `daemon off; pid ${join(scratch, 'nginx.pid')}; error_log stderr;`
  children.push(spawn('nginx', ['-p', scratch, '-g', own, '-c', join(scratch, 'nginx.conf')]))
  const url = `http://127.0.0.1:${port}`
  const answers = () =>
    fetch(`${url}/ping`).then(
      ({ ok }) => ok,
      () => false,
    )
  await expect.poll(answers, { timeout: 10_000 }).toBe(true)

  const ids: string[] = []
  for (let i = 0; i < 30; i++) {
    const { answer, requestId } = await post(`${url}/predict`, workspace.sample.rows.slice(0, 1), {
      'x-request-id': `mine-${i}`,
    })
    expect(requestId).toBe(`mine-${i}`)
    ids.push(answer.ids[0] ?? '')
  }
  expect(new Set(ids.map((id) => id.split('-')[0])).size).toBe(3)
  expect((await post(`${url}/predict`, workspace.sample.rows.slice(0, 1))).requestId).toMatch(
    /^[0-9a-f]{32}$/,
  )
  for (const id of ids) {
    const { answer } = await post(`${url}/feedback`, { feedback: [{ id, actual: 'Yes' }] })
    expect(answer).toEqual({ accepted: 1, unknown: [] })
  }
})
