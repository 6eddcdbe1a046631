/** The schemas are those of the standard without their words: fixtures/cyclonedx-1.6.json says where they come from. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readBundleManifest } from './read-bundle.ts'
import { type SampleWorkspace, sampleWorkspace } from './testing/sample-workspace.ts'

interface Sbom {
  serialNumber: string
  components: {
    name: string
    type: string
    version: string
    'bom-ref': string
    purl?: string
    hashes?: unknown
  }[]
  dependencies: { ref: string; dependsOn: string[] }[]
}

let workspace: SampleWorkspace
let folder: string
let sbom: Sbom

beforeAll(async () => {
  workspace = await sampleWorkspace()
  folder = (await workspace.bundles.package({ name: 'churn', version: 1 }, {}, () => {})).path
  sbom = JSON.parse(await readFile(join(folder, 'sbom.cdx.json'), 'utf8'))
})
afterAll(() => workspace.remove())

async function schema() {
  const text = await readFile(join(import.meta.dirname, 'fixtures/cyclonedx-1.6.json'), 'utf8')
  const { bom, spdx, jsf } = JSON.parse(text)
  // The formats are those of texts; what is written here is checked below.
  const ajv = new Ajv({ strict: false, validateFormats: false })
  ajv.addSchema(spdx, 'http://cyclonedx.org/schema/spdx.SNAPSHOT.schema.json')
  ajv.addSchema(jsf, 'http://cyclonedx.org/schema/jsf-0.82.SNAPSHOT.schema.json')
  return ajv.compile(bom)
}

describe('the bill of materials', () => {
  it('is of the CycloneDX 1.6 schema, which refuses a component without a name', async () => {
    const validate = await schema()
    expect(validate(sbom) ? [] : validate.errors).toEqual([])
    const { name: _, ...nameless } = sbom.components[0] ?? { name: '' }
    expect(validate({ ...sbom, components: [nameless] })).toBe(false)
  })

  it('names every package whose code is in server.mjs, with its version, and the packages it uses', async () => {
    const named = new Map(sbom.components.map((component) => [component.name, component]))
    const root = join(import.meta.dirname, '../..')
    for (const name of ['fastify', 'pino', 'prom-client', 'zod']) {
      const about = JSON.parse(await readFile(join(root, 'node_modules', name, 'package.json'), 'utf8'))
      expect(named.get(name)).toMatchObject({
        version: about.version,
        purl: `pkg:npm/${name}@${about.version}`,
      })
    }
    expect(named.has('vitest')).toBe(false)
    const refs = new Set(['bundle:churn@1', ...sbom.components.map((component) => component['bom-ref'])])
    expect(refs.size).toBe(sbom.components.length + 1)
    expect(sbom.dependencies.map(({ ref }) => ref).toSorted()).toEqual([...refs].toSorted())
    for (const { dependsOn } of sbom.dependencies) for (const ref of dependsOn) expect(refs).toContain(ref)
    const fastify = sbom.dependencies.find(({ ref }) => ref.startsWith('fastify@'))
    expect(fastify?.dependsOn).toContainEqual(expect.stringMatching(/^find-my-way@/))
  })

  it('names the model with the digest of its weights, and the Node it was verified on', async () => {
    const { files } = await readBundleManifest(folder)
    const weights = files.find(({ path }) => path === 'model/weights.bin')
    expect(sbom.components.find(({ type }) => type === 'machine-learning-model')).toMatchObject({
      name: 'churn model',
      hashes: [{ alg: 'SHA-256', content: weights?.sha256 }],
    })
    expect(sbom.components.find(({ type }) => type === 'platform')).toMatchObject({
      name: 'node',
      version: process.versions.node,
    })
    expect(sbom.serialNumber).toMatch(
      /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    )
  })
})

describe('LICENSES.txt', () => {
  it('carries the licence of everything that the bill of materials names as code', async () => {
    const text = await readFile(join(folder, 'LICENSES.txt'), 'utf8')
    const code = sbom.components.filter(({ type }) => type === 'library' || type === 'application')
    expect(code.length).toBeGreaterThan(10)
    for (const { name, version } of code) expect(text).toContain(`\n${name}@${version}: `)
    expect(text).toContain('Copyright (c) 2016-present The Fastify team')
    expect(text).not.toContain(': not stated')
  })
})
