import type { Services } from '../services.ts'
import { implementer } from './implementer.ts'

export function deploymentsApi(services: Services) {
  const os = implementer.deployments
  const deployments = () => services.opened().deployments
  return {
    list: os.list.handler(() => deployments().list()),
    describe: os.describe.handler(({ input }) => deployments().describe(input.name)),
    deploy: os.deploy.handler(async ({ input }) => {
      const bundle = await services.opened().bundles.place(input.bundle)
      return deployments().deploy({ ...input, bundle })
    }),
    activate: os.activate.handler(({ input }) => deployments().activate(input.name, input.settings)),
    deactivate: os.deactivate.handler(({ input }) => deployments().deactivate(input.name)),
    swap: os.swap.handler(({ input: { name, allowUnsigned, ...change } }) =>
      deployments().swap(name, change, { allowUnsigned }),
    ),
    scale: os.scale.handler(({ input: { name, replicas } }) => deployments().scale(name, replicas)),
    remove: os.remove.handler(async ({ input }) => {
      await deployments().remove(input.name)
      return {}
    }),
    logs: os.logs.handler(({ input }) => deployments().logs(input.name, input.lines)),
    followLogs: os.followLogs.handler(async function* ({ input, signal }) {
      let start = true
      for await (const lines of deployments().followLogs(
        input.name,
        input.lines,
        signal ?? new AbortController().signal,
      )) {
        yield { start, lines }
        start = false
      }
    }),
    resources: os.resources.handler(async ({ input }) => {
      const { processes, samples } = await deployments().resources(input.name)
      return { processes, samples: [...samples] }
    }),
    request: os.request.handler(({ input }) => deployments().request(input.name, input.rows)),
  }
}
