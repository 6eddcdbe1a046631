import type { Services } from '../services.ts'
import { eventStream } from './event-stream.ts'
import { implementer } from './implementer.ts'

export function tasksApi(services: Services) {
  const os = implementer.tasks
  const { tasks } = services
  return {
    watch: os.watch.handler(({ signal }) =>
      eventStream(
        (push) => {
          push(tasks.list())
          return tasks.watch(() => push(tasks.list()))
        },
        signal,
        true,
      ),
    ),
    stop: os.stop.handler(({ input }) => {
      tasks.stop(input.id)
      return {}
    }),
    system: os.system.handler(() => ({
      version: services.version,
      node: process.versions.node,
      platform: `${process.platform}-${process.arch}`,
      memoryBytes: process.memoryUsage.rss(),
      shell: services.shell,
    })),
  }
}
