/**
 * The engine inside the desktop shell: a utility process without an open port.
 * The shell hands over one message port for each window; the contract is served on it.
 */
import { RPCHandler } from '@orpc/server/message-port'
import type { z } from 'zod'
import { customJsonSerializers } from '../shared/contract/json-serializers.ts'
import { engineConnectSchema, type engineReadySchema } from '../shared/contract/process-port.ts'
import { createRouter } from './api/router.ts'
import { createChildProcessPort, nodeBinary } from './deployments/process-port.ts'
import { type ParentPort, shellProcessPort } from './host/shell-process-port.ts'
import { createServices } from './services.ts'

const { parentPort } = process as unknown as { parentPort?: ParentPort }
if (!parentPort) throw new Error('The engine runs under the desktop shell; elsewhere use "slipway serve".')

// Deployments on a Node of their own outlive the app; without one the shell runs them as long as it is open.
const node = nodeBinary()
const processes = node === 'node' ? shellProcessPort(parentPort) : createChildProcessPort(node)
const services = createServices({ shell: 'electron', processes })
const handler = new RPCHandler(createRouter(services), { customJsonSerializers })

parentPort.on('message', (event) => {
  if (!engineConnectSchema.safeParse(event.data).success) return
  const port = event.ports[0]
  if (!port) return
  handler.upgrade(port, { context: {} })
  port.start()
})

const workspace = process.argv[2]
if (workspace !== undefined) {
  // A folder that cannot be opened leaves the start page, where the recent ones can be tried again with the reason.
  await services.open(workspace).catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  })
}
parentPort.postMessage({ type: 'engine-ready' } satisfies z.infer<typeof engineReadySchema>)
