import type { ClientLink } from '@orpc/client'
import { RPCLink as PortLink } from '@orpc/client/message-port'
import { RPCLink as SocketLink } from '@orpc/client/websocket'
import { customJsonSerializers } from '../shared/contract/json-serializers.ts'

type Link = ClientLink<Record<never, never>>

/** One established connection to the engine; `closed` settles when it is gone. */
export interface Connection {
  readonly link: Link
  readonly closed: Promise<void>
}

/** The engine answers, but does not know this window's token: it was started again, or the address has none. */
export class TokenRefused extends Error {}

/** Opens a connection, or rejects: with `TokenRefused`, or with any other error when the engine cannot be reached. */
export type Carrier = () => Promise<Connection>

const tokenKey = 'slipway-token'

/**
 * The token of headless mode: taken from the address once and kept for this tab only,
 * so that it neither stays in the history nor leaves with a copied address.
 */
function takeToken(): string {
  const url = new URL(window.location.href)
  const given = url.searchParams.get('token')
  if (given !== null) {
    window.sessionStorage.setItem(tokenKey, given)
    url.searchParams.delete('token')
    window.history.replaceState(null, '', url)
    return given
  }
  return window.sessionStorage.getItem(tokenKey) ?? ''
}

/** Why a WebSocket did not open, of which the browser itself says nothing. */
async function refusal(address: URL): Promise<Error> {
  const asked = new URL(address)
  asked.protocol = window.location.protocol
  const status = await fetch(asked).then(
    (response) => response.status,
    () => undefined,
  )
  return status === 401
    ? new TokenRefused('The engine does not know the token of this window.')
    : new Error('The engine did not accept the connection.')
}

function socketCarrier(token: string): Carrier {
  const address = new URL('/rpc', window.location.href)
  address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:'
  address.searchParams.set('token', token)
  return () =>
    new Promise((resolve, reject) => {
      const socket = new WebSocket(address)
      let opened = false
      const closed = new Promise<void>((gone) => {
        socket.addEventListener('close', () => gone(), { once: true })
      })
      socket.addEventListener(
        'open',
        () => {
          opened = true
          resolve({ link: new SocketLink({ websocket: socket, customJsonSerializers }), closed })
        },
        { once: true },
      )
      closed.then(async () => {
        if (!opened) reject(await refusal(address))
      })
    })
}

/** A page cannot receive a port through the preload's bridge, only as a window message; so both are awaited. */
async function receivePort(shell: SlipwayShell): Promise<MessagePort> {
  const listening = new AbortController()
  const received = new Promise<MessagePort>((resolve) => {
    window.addEventListener(
      'message',
      (event) => {
        if (event.source !== window || event.data?.type !== 'slipway-port') return
        const port = event.ports[0]
        if (port) resolve(port)
      },
      { signal: listening.signal },
    )
  })
  try {
    const answered = await shell.port?.()
    return answered instanceof MessagePort ? answered : await received
  } finally {
    listening.abort()
  }
}

function portCarrier(shell: SlipwayShell): Carrier {
  return async () => {
    const port = await receivePort(shell)
    const closed = new Promise<void>((gone) => {
      port.addEventListener('close', () => gone(), { once: true })
    })
    const link = new PortLink({ port, customJsonSerializers })
    port.start()
    return { link, closed }
  }
}

/** A `MessagePort` where the desktop shell offers one, else a WebSocket to the server of this page. */
export function createCarrier(): Carrier {
  return window.slipway?.port ? portCarrier(window.slipway) : socketCarrier(takeToken())
}
