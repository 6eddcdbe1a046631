import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { Settings } from '../settings.ts'
import { protocolOfPath, Refusal, refusalBody } from './refusal.ts'
import type { RequestIds } from './request-ids.ts'

/** What Node says of bytes that make no request. */
interface ClientError extends Error {
  code?: string
  /** What was being read; not there for a timeout. */
  rawPacket?: unknown
}

function refusalOf(
  { code }: ClientError,
  settings: Pick<Settings, 'requestSeconds' | 'headerSeconds'>,
): Refusal {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    const { headerSeconds, requestSeconds } = settings
    const message = `The request did not arrive in time: its headers have ${headerSeconds} s, all of it ${requestSeconds} s.`
    return new Refusal(408, 'timeout', message)
  }
  if (code === 'HPE_HEADER_OVERFLOW') {
    return new Refusal(431, 'too_large', 'The headers are too long; all of them may have 16 KB.')
  }
  return new Refusal(
    400,
    'invalid_request',
    `The request is no HTTP that can be read (${code ?? 'no code'}).`,
  )
}

/** The path of the request that the bytes begin with; empty where they begin with none. */
function pathOf(packet: unknown): string {
  const start = Buffer.isBuffer(packet) ? packet.subarray(0, 100).toString('latin1') : ''
  return /^[A-Z]+ (\/\S*)/.exec(start)?.[1] ?? ''
}

/**
 * Answers what is no request, or never becomes a whole one, as its protocol has errors, and ends the connection: what
 * follows on it could not be told apart.
 */
export function createClientErrorHandler(
  settings: Pick<Settings, 'requestSeconds' | 'headerSeconds' | 'terseErrors'>,
  ids: RequestIds,
): (error: ClientError, socket: Socket) => void {
  return (error, socket) => {
    // A client that went away takes no answer.
    if (error.code === 'ECONNRESET' || !socket.writable) {
      socket.destroy()
      return
    }
    // What comes too late may be the body of a request that is known by its headers.
    const pending = ids.pending(socket)
    const id = pending?.id ?? ids.next()
    const refusal = refusalOf(error, settings)
    const protocol = protocolOfPath(pending?.url ?? pathOf(error.rawPacket))
    const body = refusalBody(refusal, protocol, id, settings.terseErrors)
    const head = [
      `HTTP/1.1 ${refusal.status} ${STATUS_CODES[refusal.status]}`,
      `x-request-id: ${id}`,
      'content-type: application/json; charset=utf-8',
      `content-length: ${Buffer.byteLength(body)}`,
      'connection: close',
    ]
    socket.write(`${head.join('\r\n')}\r\n\r\n${body}`)
    socket.destroySoon()
  }
}
