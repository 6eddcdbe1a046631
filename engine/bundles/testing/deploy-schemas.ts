import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ErrorObject, ValidateFunction } from 'ajv'
import { Ajv2020 } from 'ajv/dist/2020.js'

export interface DeploySchemas {
  /** What is wrong with a Kubernetes object, by the schema of its own `apiVersion` and `kind`. */
  ofManifest(document: unknown): readonly ErrorObject[]
  ofCompose(document: unknown): readonly ErrorObject[]
}

interface Recorded {
  kinds: Record<string, string>
  manifests: object
  compose: object
}

/** Kubernetes', KServe's, Prometheus Operator's and Compose's own schemas, as `fixtures/deploy-schemas.json` has them. */
export async function deploySchemas(): Promise<DeploySchemas> {
  const text = await readFile(join(import.meta.dirname, '../fixtures/deploy-schemas.json'), 'utf8')
  const { kinds, manifests, compose }: Recorded = JSON.parse(text)
  // Formats tell the width of integers, and of texts that no file here has.
  const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true })
  ajv.addSchema(manifests, 'manifests')
  const judge = (validate: ValidateFunction, document: unknown) =>
    validate(document) ? [] : (validate.errors ?? [])
  const isCompose = ajv.compile(compose)
  return {
    ofManifest(document) {
      const { apiVersion, kind } = document as { apiVersion?: string; kind?: string }
      const name = kinds[`${apiVersion} ${kind}`]
      if (name === undefined) throw new Error(`No schema is recorded for ${apiVersion} ${kind}.`)
      return judge(ajv.compile({ $ref: `manifests#/$defs/${name}` }), document)
    },
    ofCompose: (document) => judge(isCompose, document),
  }
}
