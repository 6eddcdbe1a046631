import { resolve } from 'node:path'
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { decode } from '../../shared/decode.ts'
import { describeFailure, Failure } from '../../shared/failure.ts'
import { workersAtMost } from '../settings.ts'
import { type RoleChange, readRoleChange } from '../versions/roles.ts'
import { createAdminGuard } from './access.ts'
import { jsonBody } from './json-body.ts'
import { invalidRequest, Refusal } from './refusal.ts'
import type { RouteParts } from './server.ts'

/** What a failed change is for a client. */
function refusalOf(error: unknown): unknown {
  if (!(error instanceof Failure)) return error
  if (error.code === 'conflict' || error.code === 'integrity') {
    return new Refusal(409, 'conflict', describeFailure(error))
  }
  return error.code === 'invalid-input' ? invalidRequest(describeFailure(error)) : error
}

function jsonOf({ body, headers }: FastifyRequest, example: string): unknown {
  try {
    return jsonBody(Buffer.isBuffer(body) ? body.toString() : '', headers['content-type'])
  } catch {
    throw invalidRequest(`The body must be JSON, such as ${example}.`)
  }
}

function bodyOf(request: FastifyRequest): RoleChange {
  const change = readRoleChange(jsonOf(request, '{"bundle":"/bundles/churn-4"}'))
  return {
    ...(change.bundle === undefined ? {} : { bundle: resolve(change.bundle) }),
    ...(change.shadow === undefined
      ? {}
      : { shadow: change.shadow === null ? null : resolve(change.shadow) }),
    ...(change.canary === undefined
      ? {}
      : { canary: change.canary && { ...change.canary, bundle: resolve(change.canary.bundle) } }),
  }
}

const workersSchema = z.strictObject({ workers: z.number().int().min(1).max(workersAtMost) })

const workersOf = (request: FastifyRequest): number =>
  decode(workersSchema, jsonOf(request, '{"workers":2}'), 'The change of workers').workers

/** Which versions serve, and draining: for administrators alone. */
export function adminRoutes({ app, control, settings }: RouteParts): void {
  const guard = createAdminGuard(settings)
  const onRequest = (request: FastifyRequest, _reply: unknown, done: () => void) => {
    guard(request)
    done()
  }
  app.get('/admin/model', { onRequest }, () => control.describe())
  app.post('/admin/model', { onRequest }, async (request) => {
    try {
      return await control.change(bodyOf(request))
    } catch (error) {
      throw refusalOf(error)
    }
  })
  app.post('/admin/workers', { onRequest }, async (request) => {
    try {
      const workers = workersOf(request)
      await control.resize(workers)
      return { workers }
    } catch (error) {
      throw refusalOf(error)
    }
  })
  app.get('/admin/processes', { onRequest }, async () => ({ processes: await control.processes() }))
  app.post('/admin/drain', { onRequest }, async () => {
    await control.drain()
    return { draining: true }
  })
}
