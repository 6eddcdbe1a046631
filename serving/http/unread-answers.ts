import type { Server } from 'node:http'
import type { Socket } from 'node:net'

/**
 * Ends connections whose client takes nothing of its answer for so long. Without it one that never reads keeps its
 * connection and the whole answer for ever: Node bounds the time to receive a request, not the time to send an answer.
 *
 * Connections are looked at by a timer rather than at every answer, nearly all of which leave at once. From there on the
 * socket's own timeout counts: it begins anew with every byte that leaves, so that a slow client gets its answer.
 * The answer ends the watch.
 */
export function endUnreadAnswers(server: Server, seconds: number, secure: boolean): () => void {
  const limitMs = Math.ceil(seconds * 1000)
  const sockets = new Set<Socket>()
  server.on(secure ? 'secureConnection' : 'connection', (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  const look = () => {
    for (const socket of sockets) {
      // A timeout that is set already is this one, or the one of an idle connection, which the server ends too.
      if (socket.writableLength > 0 && !socket.timeout) socket.setTimeout(limitMs)
    }
  }
  const timer = setInterval(look, Math.min(1000, limitMs))
  timer.unref()
  return () => clearInterval(timer)
}
