import type { PackageEvent } from '../../shared/contract/bundles.ts'
import type { Services } from '../services.ts'
import { implementer } from './implementer.ts'

/** Events of one call as an iterator: ends with the call, and dropping it cancels the call. */
async function* follow(
  start: (onEvent: (event: PackageEvent) => void, signal: AbortSignal) => Promise<unknown>,
  connection: AbortSignal | undefined,
): AsyncGenerator<PackageEvent, void, void> {
  const queue: PackageEvent[] = []
  let wake: () => void = () => {}
  let ended = false
  const cancel = new AbortController()
  const onAbort = () => cancel.abort()
  connection?.addEventListener('abort', onAbort)
  const call = start((event) => {
    queue.push(event)
    wake()
  }, cancel.signal).finally(() => {
    ended = true
    wake()
  })
  // Its failure is thrown below, when the reader has seen what came before it.
  call.catch(() => {})
  try {
    for (;;) {
      const event = queue.shift()
      if (event) yield event
      else if (ended) break
      else {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
    }
    await call
  } finally {
    connection?.removeEventListener('abort', onAbort)
    cancel.abort()
  }
}

export function bundlesApi(services: Services) {
  const os = implementer.bundles
  const bundles = () => services.opened().bundles
  return {
    list: os.list.handler(() => bundles().list()),
    package: os.package.handler(({ input, signal }) => {
      const { name, version, ...options } = input
      return follow((onEvent, cancel) => {
        const given = {
          signal: cancel,
          ...(options.out ? { out: options.out } : {}),
          ...(options.target ? { target: options.target } : {}),
        }
        return bundles().package({ name, version }, given, onEvent)
      }, signal)
    }),
    verify: os.verify.handler(({ input, signal }) =>
      follow((onEvent, cancel) => bundles().verify(input.path, onEvent, cancel), signal),
    ),
    archive: os.archive.handler(({ input, signal }) => bundles().archive(input.path, signal)),
    gates: os.gates.handler(async ({ input }) => [
      ...(await services.opened().catalog.state(input.name)).gates,
    ]),
    setGates: os.setGates.handler(async ({ input }) => {
      await services.opened().catalog.setGates(input.name, input.gates, input.why)
      return {}
    }),
    targets: os.targets.handler(({ input }) => bundles().targets(input)),
    reports: os.reports.handler(({ input }) => bundles().reports(input)),
    reveal: os.reveal.handler(async ({ input }) => {
      await bundles().reveal(input.path)
      return {}
    }),
  }
}
