import { Failure } from '../../shared/failure.ts'
import type { DeploymentRecord } from './deployment-store.ts'
import { endpointOf } from './server-process.ts'

/** Sends rows to a deployment's `/predict`. @throws Failure `unreachable` */
export async function sendRequest(
  { name, port, active }: DeploymentRecord,
  rows: readonly Readonly<Record<string, unknown>>[],
  fetching: typeof fetch,
): Promise<{ status: number; ms: number; body: unknown }> {
  const sent = performance.now()
  let response: Response
  let text: string
  try {
    response = await fetching(`${endpointOf(port)}/predict`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ data: rows }),
      signal: AbortSignal.timeout(60_000),
    })
    text = await response.text()
  } catch {
    throw new Failure(
      'unreachable',
      `The deployment "${name}" does not answer at ${endpointOf(port)}.`,
      active ? 'Look at its log, then activate it again.' : 'Activate it first.',
    )
  }
  const ms = performance.now() - sent
  let body: unknown = text
  try {
    body = JSON.parse(text)
  } catch {
    // What answers there is not JSON; it is shown as it came.
  }
  return { status: response.status, ms, body }
}
