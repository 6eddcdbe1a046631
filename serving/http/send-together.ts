/** HOT: the last step of every prediction request (benchmark: bench/serving.ts). */
import type { FastifyReply } from 'fastify'

/** Answers wait no longer than this for those after them, in milliseconds. */
const longestWait = 1

/**
 * Sends the answers of one turn of the event loop together, at its end. Each write wakes a client that has gone to
 * sleep, which takes longer than to score a row; writes that follow on each other find it awake. A request that comes
 * alone is answered at the end of its own turn, as it was.
 *
 * @param now milliseconds
 */
export function createSending(
  now: () => number = () => performance.now(),
): (reply: FastifyReply, body: string | Buffer) => void {
  let waiting: { reply: FastifyReply; body: string | Buffer }[] = []
  let since = 0
  const sendAll = () => {
    const all = waiting
    waiting = []
    for (const { reply, body } of all) reply.send(body)
  }
  return (reply, body) => {
    if (waiting.push({ reply, body }) === 1) {
      since = now()
      setImmediate(sendAll)
    } else if (now() - since > longestWait) sendAll()
  }
}
