import { z } from 'zod'
import {
  type ServingProcess,
  servingProcessSchema,
  type VersionChange,
} from '../../shared/contract/deployments.ts'
import { Failure } from '../../shared/failure.ts'
import { endpointOf } from './server-process.ts'

const placeSchema = z.strictObject({ name: z.string(), version: z.number().int(), folder: z.string() })
const rolesSchema = z.strictObject({
  active: placeSchema,
  shadow: placeSchema.nullable(),
  canary: placeSchema.extend({ fraction: z.number() }).nullable(),
})
/** Which versions a server serves, and as what. */
export type ServedRoles = z.infer<typeof rolesSchema>

const processesSchema = z.strictObject({ processes: z.array(servingProcessSchema) })
const refusalSchema = z.object({ error: z.object({ message: z.string() }) })

async function ask(port: number, path: string, fetching: typeof fetch, body?: unknown): Promise<unknown> {
  let response: Response
  let text: string
  try {
    response = await fetching(`${endpointOf(port)}${path}`, {
      ...(body === undefined
        ? {}
        : { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(60_000),
    })
    text = await response.text()
  } catch {
    throw new Failure(
      'unreachable',
      `Nothing answers at ${endpointOf(port)}.`,
      'Look at the log of the deployment, then activate it again.',
    )
  }
  const answer: unknown = JSON.parse(text)
  if (response.ok) return answer
  const refusal = refusalSchema.safeParse(answer)
  throw new Failure(
    'conflict',
    refusal.success ? refusal.data.error.message : `The server refused with status ${response.status}.`,
    'What serves is unchanged. Choose another bundle, or deploy this one under another name.',
  )
}

/** @throws Failure `conflict` with the server's reason; nothing changed then. `unreachable` */
export async function changeServed(
  port: number,
  change: VersionChange,
  fetching: typeof fetch,
): Promise<ServedRoles> {
  return rolesSchema.parse(await ask(port, '/admin/model', fetching, change))
}

/** Answers once so many workers take requests. @throws Failure `conflict`, also of a bundle whose server cannot. `unreachable` */
export async function changeWorkers(port: number, workers: number, fetching: typeof fetch): Promise<void> {
  await ask(port, '/admin/workers', fetching, { workers })
}

/** @throws Failure `unreachable` */
export async function servingProcesses(port: number, fetching: typeof fetch): Promise<ServingProcess[]> {
  return processesSchema.parse(await ask(port, '/admin/processes', fetching)).processes
}
