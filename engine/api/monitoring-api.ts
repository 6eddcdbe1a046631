import type { Services } from '../services.ts'
import { implementer } from './implementer.ts'

export function monitoringApi(services: Services) {
  const os = implementer.monitoring
  const monitoring = () => services.opened().monitoring()
  return {
    state: os.state.handler(async ({ input }) => (await monitoring()).state(input.deployment, input.minutes)),
    fleet: os.fleet.handler(async () => (await monitoring()).fleet()),
  }
}
