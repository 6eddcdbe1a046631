import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { RPCHandler } from '@orpc/server/ws'
import { type WebSocket, WebSocketServer } from 'ws'
import { contentSecurityPolicy } from '../../shared/contract/content-security.ts'
import { customJsonSerializers } from '../../shared/contract/json-serializers.ts'
import { Failure } from '../../shared/failure.ts'
import type { EngineRouter } from '../api/router.ts'
import { hostAllowed, upgradeRefusal } from './access.ts'
import { readStatic } from './static-files.ts'

export interface HttpHost {
  port: number
  /** With the token, ready to open. */
  url: string
  close(): Promise<void>
}

interface HttpHostOptions {
  router: EngineRouter
  /** The built window. */
  rendererFolder: string
  /** 0 takes a free one. */
  port: number
  token?: string
}

const refusals: Record<401 | 403 | 404, string> = {
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
}

function refuse(socket: Duplex, status: 401 | 403 | 404): void {
  socket.end(`HTTP/1.1 ${status} ${refusals[status]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
}

/**
 * Serves the window and the contract on 127.0.0.1.
 * @throws Failure `port-in-use`
 */
export async function startHttpHost(options: HttpHostOptions): Promise<HttpHost> {
  const { router, rendererFolder, token = randomBytes(24).toString('base64url') } = options
  const handler = new RPCHandler(router, { customJsonSerializers })
  const sockets = new WebSocketServer({ noServer: true, maxPayload: 64 * 1024 * 1024 })
  const open = new Set<WebSocket>()
  let port = options.port

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.setHeader('X-Content-Type-Options', 'nosniff')
    response.setHeader('Referrer-Policy', 'no-referrer')
    response.setHeader('Cross-Origin-Resource-Policy', 'same-origin')
    if (!hostAllowed(request.headers, port)) {
      response.writeHead(403, { 'Content-Type': 'text/plain' }).end('This address is not served here.\n')
      return
    }
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.writeHead(405, { Allow: 'GET, HEAD' }).end()
      return
    }
    const { pathname } = new URL(request.url ?? '/', 'http://127.0.0.1')
    if (pathname === '/rpc') {
      // A page is not told why its WebSocket was refused, so it asks here.
      const status = upgradeRefusal({ url: request.url ?? '/', headers: request.headers }, port, token)
      response.writeHead(status ?? 426, { Upgrade: 'websocket', 'Cache-Control': 'no-store' }).end()
      return
    }
    const file = await readStatic(rendererFolder, pathname)
    if (!file) {
      response.writeHead(404, { 'Content-Type': 'text/plain' }).end('Not found.\n')
      return
    }
    response.writeHead(200, {
      'Content-Type': file.type,
      'Content-Length': file.bytes.byteLength,
      'Cache-Control': file.immutable ? 'public, max-age=31536000, immutable' : 'no-store',
      'Content-Security-Policy': contentSecurityPolicy([`ws://${request.headers.host}`]),
    })
    response.end(request.method === 'HEAD' ? undefined : file.bytes)
  }

  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy())
  })
  server.on('upgrade', (request, socket, head) => {
    const status = upgradeRefusal({ url: request.url ?? '/', headers: request.headers }, port, token)
    if (status !== null) {
      refuse(socket, status)
      return
    }
    sockets.handleUpgrade(request, socket, head, (connection) => {
      open.add(connection)
      connection.on('close', () => open.delete(connection))
      void handler.upgrade(connection, { context: {} })
    })
  })

  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => {
      const taken = 'code' in error && error.code === 'EADDRINUSE'
      reject(
        taken
          ? new Failure(
              'port-in-use',
              `Port ${port} on 127.0.0.1 is in use by another program.`,
              'Choose another one with --port, or leave it out for a free one.',
            )
          : error,
      )
    })
    server.listen(port, '127.0.0.1', resolve)
  })
  port = (server.address() as AddressInfo).port

  return {
    port,
    url: `http://127.0.0.1:${port}/?token=${token}`,
    async close() {
      for (const connection of open) connection.terminate()
      sockets.close()
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}
