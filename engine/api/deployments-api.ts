import type { Services } from '../services.ts'
import { implementer } from './implementer.ts'

export function deploymentsApi(services: Services) {
  const os = implementer.deployments
  const deployments = () => services.opened().deployments
  return {
    list: os.list.handler(() => deployments().list()),
    describe: os.describe.handler(({ input }) => deployments().describe(input.name)),
    deploy: os.deploy.handler(({ input }) => {
      const { bundle, name, port } = input
      return deployments().deploy({ bundle, name, ...(port === undefined ? {} : { port }) })
    }),
    activate: os.activate.handler(({ input }) => deployments().activate(input.name)),
    deactivate: os.deactivate.handler(({ input }) => deployments().deactivate(input.name)),
    remove: os.remove.handler(async ({ input }) => {
      await deployments().remove(input.name)
      return {}
    }),
    logs: os.logs.handler(({ input }) => deployments().logs(input.name, input.lines)),
    request: os.request.handler(({ input }) => deployments().request(input.name, input.rows)),
  }
}
