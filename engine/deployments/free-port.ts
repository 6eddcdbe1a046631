import { createServer } from 'node:net'
import { Failure } from '../../shared/failure.ts'

/** The first endpoint gets this port, the others those above it. */
const firstPort = 8101

/** Whether a server could listen on the port of the loopback address now. */
export function portIsFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)))
  })
}

/** @throws Failure `port-in-use` */
export async function assertPortFree(port: number): Promise<void> {
  if (await portIsFree(port)) return
  throw new Failure(
    'port-in-use',
    `Port ${port} on 127.0.0.1 is in use by another program.`,
    'Choose another port, or stop that program.',
  )
}

/** @param taken ports that belong to other deployments, also to those that do not run now */
export async function findFreePort(taken: ReadonlySet<number>): Promise<number> {
  for (let port = firstPort; port < firstPort + 1000; port++) {
    if (!taken.has(port) && (await portIsFree(port))) return port
  }
  throw new Failure(
    'port-in-use',
    `No port from ${firstPort} to ${firstPort + 999} is free.`,
    'Name a free port yourself.',
  )
}
