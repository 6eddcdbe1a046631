/** A pipeline with every kind of encoder answers in each protocol and from a file as it did when it was trained. */
import { spawn } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { endChild } from '../../serving/testing/end-child.ts'
import { type Examples, examplesSchema } from '../../shared/bundle/manifest.ts'
import { versionFiles } from '../../shared/catalog/version.ts'
import { decodeJson } from '../../shared/decode.ts'
import { inferenceTypes } from '../../shared/signature/inference-types.ts'
import { type Signature, signatureSchema } from '../../shared/signature/signature.ts'
import { everyColumn, everythingSql, forEverything } from '../training/testing/every-encoder.ts'
import { openTrainingBench } from '../training/testing/training-bench.ts'
import { type SampleWorkspace, sampleWorkspace } from './testing/sample-workspace.ts'

interface Served {
  folder: string
  endpoint: string
  examples: Examples
  signature: Signature
}

let workspace: SampleWorkspace
const served = new Map<string, Served>()
const servers: ReturnType<typeof spawn>[] = []

async function start(folder: string): Promise<string> {
  const server = spawn(process.execPath, [join(folder, 'server.mjs'), 'serve', '--port', '0'], { env: {} })
  servers.push(server)
  return new Promise((found, failed) => {
    server.stdout?.on('data', (bytes) => {
      const ready = /ready (http:\S+)/.exec(String(bytes))
      if (ready?.[1]) found(ready[1])
    })
    server.once('exit', (code) => failed(new Error(`the server ended with ${code}`)))
  })
}

const constrained = {
  ...everyColumn,
  onehot: { constraints: { values: ['month', 'year', 'two years'] } },
  note: { width: 32, constraints: { pattern: 'the plan .* and so on' } },
  joined: { constraints: { min: '2024-01-01', max: '2025-12-31' } },
}
const models = {
  logistic: { model: { kind: 'logistic' }, columns: constrained },
  gbdt: { model: { kind: 'gbdt', trees: 5 }, columns: { ...constrained, target: { encode: 'native' } } },
}

beforeAll(async () => {
  workspace = await sampleWorkspace()
  const bench = await openTrainingBench()
  await bench.sql(everythingSql)
  for (const [name, { model, columns }] of Object.entries(models)) {
    const features = { ...forEverything.features, columns }
    const trained = await bench.train({ ...forEverything, features, model, register: name })
    await workspace.catalog.register(trained)
    const { ok, path, checks } = await workspace.bundles.package({ name, version: 1 }, {}, () => {})
    expect(checks.filter((check) => check.status === 'failed')).toEqual([])
    expect(ok).toBe(true)
    const text = (file: string) => new TextDecoder().decode(trained.files.get(file))
    served.set(name, {
      folder: path,
      endpoint: await start(path),
      examples: decodeJson(examplesSchema, text(versionFiles.examples), 'examples'),
      signature: decodeJson(signatureSchema, text(versionFiles.signature), 'signature'),
    })
  }
  await bench.close()
}, 120_000)

afterAll(async () => {
  await Promise.all(servers.map((server) => endChild(server)))
  await workspace.remove()
})

async function post(url: string, body: unknown) {
  const response = await fetch(url, { method: 'POST', body: JSON.stringify(body) })
  return { status: response.status, body: await response.json() }
}

function servedModel(name: string): Served {
  const found = served.get(name)
  if (!found) throw new Error(`${name} is not served.`)
  return found
}

describe.each(Object.keys(models))('%s', (name) => {
  const tensors = (rows: Examples['rows']) =>
    servedModel(name).signature.inputs.map((column) => ({
      name: column.name,
      shape: [rows.length],
      datatype: inferenceTypes[column.type],
      data: rows.map((row) => row[column.name] ?? null),
    }))
  /** The same rows in every protocol. */
  const requests = (rows: Examples['rows']): [string, unknown][] => [
    ['/predict', { data: rows }],
    ['/invocations', { dataframe_records: rows }],
    [`/v2/models/${name}/infer`, { inputs: tensors(rows) }],
  ]

  it('answers in every protocol as when it was trained, to the last bit', async () => {
    const { endpoint, examples } = servedModel(name)
    expect(examples.rows.length).toBeGreaterThan(10)
    const answers = []
    for (const [path, body] of requests(examples.rows)) answers.push((await post(endpoint + path, body)).body)
    const [predicted, invoked, inferred] = answers
    expect(predicted.prediction).toEqual(examples.predictions)
    expect(predicted.probabilities.map((row: object) => Object.values(row))).toEqual(examples.probabilities)
    expect(invoked).toEqual({ predictions: examples.predictions })
    expect(inferred.outputs[0].data).toEqual(examples.predictions)
    expect(inferred.outputs[1].data).toEqual(examples.probabilities?.flat())
  })

  it('scores a file to the same', async () => {
    const { folder, examples } = servedModel(name)
    const [input, output] = ['in', 'out'].map((file) => join(workspace.folder, `${name}-${file}.ndjson`))
    await writeFile(input!, examples.rows.map((row) => `${JSON.stringify(row)}\n`).join(''))
    const scorer = spawn(process.execPath, [join(folder, 'server.mjs'), 'score', input!, output!], {
      env: {},
    })
    expect(await new Promise((ended) => scorer.once('exit', ended))).toBe(0)
    const lines = (await readFile(output!, 'utf8')).trim().split('\n')
    expect(lines.map((line) => JSON.parse(line).prediction)).toEqual(examples.predictions)
  })

  it('refuses what breaks a constraint in every protocol, with column, what was expected and what was found', async () => {
    const { endpoint, examples } = servedModel(name)
    const [row] = examples.rows
    const broken: [string, string | number, string, string][] = [
      ['standard', 101, 'a number from 0 to 100', 'the number 101'],
      ['onehot', 'decade', 'one of "month", "year", "two years"', 'the string "decade"'],
      ['note', 'no plan', 'a string that matches the plan .* and so on', 'the string "no plan"'],
      ['joined', '2031-05-01', '2025-12-31', '2031-05-01'],
    ]
    for (const [column, value, expected, found] of broken) {
      for (const [path, body] of requests([{ ...row, [column]: value }])) {
        const answer = await post(endpoint + path, body)
        expect([path, answer.status]).toEqual([path, 400])
        const said =
          path === '/predict' ? JSON.stringify(answer.body.error.fields) : JSON.stringify(answer.body)
        const words = said.replaceAll('\\"', '"').replaceAll('\\"', '"')
        for (const part of [column, expected, found]) expect(words).toContain(part)
      }
    }
  })
})
