import type { DescribedModel } from './described-model.ts'
import type { JsonObject } from './document-parts.ts'
import { inferencePaths } from './inference-paths.ts'
import { adminPaths, descriptionPaths, monitoringPaths } from './operation-paths.ts'
import { predictPaths } from './predict-paths.ts'
import { schemasOf } from './schemas.ts'
import { securitySchemes, withSecurity } from './security.ts'

/** The OpenAPI 3.1 description of one model's own API, with its column names and an example that works when pasted. */
export function openApiDocument(model: DescribedModel): JsonObject {
  const { signature, example, name, version, asks = { token: false, adminToken: false } } = model
  const row: JsonObject = Object.fromEntries(
    signature.inputs.map((column) => [column.name, example[column.name] ?? null]),
  )
  const schemes = securitySchemes(asks)
  const paths = {
    ...predictPaths(model, row),
    ...inferencePaths(model, row),
    ...descriptionPaths,
    ...monitoringPaths,
    ...adminPaths,
  }
  return {
    openapi: '3.1.0',
    info: {
      title: name,
      version: String(version),
      description: `Predictions of ${signature.target.name} (${signature.task}).`,
    },
    paths: withSecurity(paths, asks),
    components: {
      schemas: schemasOf(signature),
      ...(Object.keys(schemes).length > 0 ? { securitySchemes: schemes } : {}),
    },
  }
}
