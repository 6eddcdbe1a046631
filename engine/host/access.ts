import { timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'

/** Compares without telling by its time how much of the token was right. */
function sameToken(given: string, token: string): boolean {
  const a = Buffer.from(given)
  const b = Buffer.from(token)
  return a.length === b.length && timingSafeEqual(a, b)
}

/** A page of another site that resolves its own name to 127.0.0.1 still sends its own `Host`. */
export function hostAllowed(headers: IncomingHttpHeaders, port: number): boolean {
  return headers.host === `127.0.0.1:${port}` || headers.host === `localhost:${port}`
}

/** Why a WebSocket upgrade is refused, as an HTTP status, or null when it is accepted. */
export function upgradeRefusal(
  request: { url: string; headers: IncomingHttpHeaders },
  port: number,
  token: string,
): 401 | 403 | 404 | null {
  if (!hostAllowed(request.headers, port)) return 403
  const { origin } = request.headers
  if (origin !== undefined && origin !== `http://${request.headers.host}`) return 403
  const url = new URL(request.url, 'http://127.0.0.1')
  if (url.pathname !== '/rpc') return 404
  return sameToken(url.searchParams.get('token') ?? '', token) ? null : 401
}
