import type { ChildServer } from './child-server.ts'

/** The object that a path answers with. @throws Error for any status but 200 */
export async function ask(
  server: ChildServer,
  path: string,
  body: unknown,
): Promise<Record<string, unknown>> {
  return await askWith(server, path, JSON.stringify(body), 'application/json')
}

/** The same for a body of another type. */
export async function askWith(
  server: ChildServer,
  path: string,
  body: string | Uint8Array<ArrayBuffer>,
  type: string,
): Promise<Record<string, unknown>> {
  const answer = await server.post(path, body, type)
  if (answer.status !== 200)
    throw new Error(`${path} answered ${answer.status}: ${answer.text.slice(0, 300)}`)
  const value: unknown = JSON.parse(answer.text)
  return typeof value === 'object' && value !== null ? { ...value } : {}
}
