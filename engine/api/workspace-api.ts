import type { WorkspaceInfo } from '../../shared/contract/workspace.ts'
import type { OpenWorkspace } from '../open-workspace.ts'
import type { Services } from '../services.ts'
import { eventStream } from './event-stream.ts'
import { implementer } from './implementer.ts'

async function infoOf({ workspace, database }: OpenWorkspace): Promise<WorkspaceInfo> {
  return { path: workspace.path, name: workspace.name, databaseBytes: await database.bytes() }
}

export function workspaceApi(services: Services) {
  const os = implementer.workspace
  return {
    recent: os.recent.handler(() => services.workspaces.recent()),
    current: os.current.handler(async () => {
      const opened = services.current()
      return opened ? infoOf(opened) : null
    }),
    open: os.open.handler(async ({ input }) => infoOf(await services.open(input.path))),
    create: os.create.handler(async ({ input }) => infoOf(await services.create(input.path, input.sample))),
    browse: os.browse.handler(({ input }) => services.workspaces.browse(input.path)),
    files: os.files.handler(() => services.opened().workspace.files()),
    createNotebook: os.createNotebook.handler(async ({ input }) => {
      const entry = await services.opened().workspace.createNotebook(input.path)
      services.changes.emit('files')
      return entry
    }),
    renameFile: os.renameFile.handler(async ({ input }) => {
      const { workspace, notebooks } = services.opened()
      const entry = await workspace.renameFile(input.from, input.to)
      if (entry.kind === 'notebook') await notebooks.moved(input.from, input.to)
      services.changes.emit('files')
      return entry
    }),
    layout: os.layout.handler(() => services.opened().workspace.layout()),
    saveLayout: os.saveLayout.handler(async ({ input }) => {
      await services.opened().workspace.saveLayout(input.layout)
      return {}
    }),
    changes: os.changes.handler(({ signal }) =>
      eventStream((push) => services.changes.watch((area) => push({ area })), signal),
    ),
  }
}
