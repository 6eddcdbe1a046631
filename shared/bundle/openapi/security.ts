import { openPaths } from '../open-paths.ts'
import type { DescribedModel } from './described-model.ts'
import { type Json, type JsonObject, json, type Operation, type Paths, ref } from './document-parts.ts'

const bearer = (description: string): Json => ({ type: 'http', scheme: 'bearer', description })

/** Tokens that the server asks for; empty where it asks for none. */
export function securitySchemes(asks: NonNullable<DescribedModel['asks']>): JsonObject {
  return {
    ...(asks.token
      ? {
          token: bearer('`SLIPWAY_TOKEN` of the server.'),
          tokenHeader: {
            type: 'apiKey',
            in: 'header',
            name: 'X-Slipway-Token',
            description: 'The same token, for clients whose signature stands in `Authorization`.',
          },
        }
      : {}),
    ...(asks.adminToken ? { adminToken: bearer('`SLIPWAY_ADMIN_TOKEN` of the server.') } : {}),
  }
}

const errorSchema = (path: string): string => {
  if (path.startsWith('/v2')) return 'InferenceError'
  return path === '/invocations' ? 'MlflowError' : 'Error'
}

/** What a path asks of its caller, and what it answers a caller that lacks it. */
function guarded(path: string, asks: NonNullable<DescribedModel['asks']>): [Json[], JsonObject] {
  const isAdmin = path.startsWith('/admin/')
  const unauthorized = {
    description: 'The token is missing or wrong.',
    content: json(ref(errorSchema(path))),
  }
  const forbidden = { description: 'Taken from the machine itself only.', content: json(ref('Error')) }
  if (isAdmin && asks.adminToken) return [[{ adminToken: [] }], { '401': unauthorized }]
  const asked = asks.token && !openPaths.has(path)
  return [
    asked ? [{ token: [] }, { tokenHeader: [] }] : [],
    { ...(asked ? { '401': unauthorized } : {}), ...(isAdmin ? { '403': forbidden } : {}) },
  ]
}

/** The paths with the tokens that each asks for, where the server asks for any. */
export function withSecurity(paths: Paths, asks: NonNullable<DescribedModel['asks']>): Paths {
  const entries = Object.entries(paths).map(([path, methods]) => {
    const [security, refused] = guarded(path, asks)
    const operations = Object.entries(methods).map(([method, operation]): [string, Operation] => [
      method,
      {
        ...operation,
        ...(asks.token || asks.adminToken ? { security } : {}),
        responses: { ...operation.responses, ...refused },
      },
    ])
    return [path, Object.fromEntries(operations)]
  })
  return Object.fromEntries(entries)
}
