import type { Services } from '../services.ts'
import { implementer } from './implementer.ts'

export function notebookApi(services: Services) {
  const os = implementer.notebook
  const notebooks = () => services.opened().notebooks
  return {
    open: os.open.handler(({ input }) => notebooks().open(input.path)),
    events: os.events.handler(async function* ({ input, signal }) {
      yield* notebooks().events(input.path, signal)
    }),
    edit: os.edit.handler(({ input }) => notebooks().edit(input.path, input.revision, input.edits)),
    run: os.run.handler(async ({ input }) => {
      await notebooks().run(input.path, input.what)
      return {}
    }),
    interrupt: os.interrupt.handler(async ({ input }) => {
      await notebooks().interrupt(input.path)
      return {}
    }),
    clearOutputs: os.clearOutputs.handler(async ({ input }) => {
      await notebooks().clearOutputs(input.path)
      return {}
    }),
  }
}
