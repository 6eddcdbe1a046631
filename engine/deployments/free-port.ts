import { createHash } from 'node:crypto'
import { createServer } from 'node:net'
import { Failure } from '../../shared/failure.ts'

/** Endpoints get ports of this range where none is named. */
const lowestPort = 8101
const portCount = 1000

/** Whether a server could listen on the port of the loopback address now. */
export function portIsFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)))
  })
}

/**
 * Ports that browsers and Node's `fetch` refuse to call (the "bad ports" of the Fetch standard, those above 1023):
 * a deployment there would run where nothing could ask it.
 */
const refusedByClients: ReadonlySet<number> = new Set([
  1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697,
  10080,
])

/** @throws Failure `port-in-use`, `invalid-input` for a port that no deployment can have */
export async function assertPortFree(port: number): Promise<void> {
  if (port < 1024 || refusedByClients.has(port)) {
    throw new Failure(
      'invalid-input',
      `Port ${port} cannot be a deployment's: ${port < 1024 ? 'ports below 1024 belong to the system' : 'browsers and HTTP clients refuse to call it'}.`,
      'Choose another port from 1024 to 65535.',
    )
  }
  if (await portIsFree(port)) return
  throw new Failure(
    'port-in-use',
    `Port ${port} on 127.0.0.1 is in use by another program.`,
    'Choose another port, or stop that program.',
  )
}

/**
 * Where a workspace begins to look: each somewhere else, so that it does not take the port that another one's inactive
 * deployment comes back to.
 */
export function firstPortOf(workspaceFolder: string): number {
  const places = portCount / 10
  return lowestPort + 10 * (createHash('sha256').update(workspaceFolder).digest().readUInt32BE() % places)
}

/** The first free port from `first` on, which begins again at the lowest. @param taken ports that belong to other deployments, also to those that do not run now */
export async function findFreePort(first: number, taken: ReadonlySet<number>): Promise<number> {
  for (let tried = 0; tried < portCount; tried++) {
    const port = lowestPort + ((first - lowestPort + tried) % portCount)
    if (!taken.has(port) && (await portIsFree(port))) return port
  }
  throw new Failure(
    'port-in-use',
    `No port from ${lowestPort} to ${lowestPort + portCount - 1} is free.`,
    'Name a free port yourself.',
  )
}
