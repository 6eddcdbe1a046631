import type { Sample } from '../shared/contract/workspace.ts'
import { Failure } from '../shared/failure.ts'
import { type Changes, createChanges } from './changes.ts'
import { createChildProcessPort, type ProcessPort } from './deployments/process-port.ts'
import { installation } from './installation.ts'
import { type OpenWorkspace, openServices } from './open-workspace.ts'
import { createTasks, type Tasks } from './tasks.ts'
import { createWorkspaces, type Workspace, type Workspaces } from './workspace/workspaces.ts'

/** The program's table of contents: what there is whether or not a workspace is open, and the open one. */
export interface Services {
  readonly version: string
  readonly shell: 'electron' | 'browser'
  readonly workspaces: Workspaces
  readonly tasks: Tasks
  readonly changes: Changes
  current(): OpenWorkspace | null
  /** @throws Failure `not-found` when no workspace is open */
  opened(): OpenWorkspace
  /** Opens a workspace; the one that was open is closed first. @throws Failure `busy` when another process holds it */
  open(path: string): Promise<OpenWorkspace>
  create(path: string, sample?: Sample): Promise<OpenWorkspace>
  close(): Promise<void>
}

export interface ServicesOptions {
  shell: 'electron' | 'browser'
  processes?: ProcessPort
}

export function createServices(options: ServicesOptions): Services {
  const { shell, processes = createChildProcessPort() } = options
  const workspaces = createWorkspaces({ resourcesFolder: installation.resourcesFolder })
  const tasks = createTasks()
  const changes = createChanges()
  let current: OpenWorkspace | null = null
  // Two openings that meet must not both think that theirs is the open one.
  let switching: Promise<unknown> = Promise.resolve()

  function switchTo(next: () => Promise<Workspace>): Promise<OpenWorkspace> {
    const result = switching.then(async () => {
      const opened = openServices(await next(), { tasks, changes, processes })
      // The database is opened now, so that a file another process holds is said at once.
      const session = await opened.database.session()
      session.close()
      const before = current
      current = opened
      await before?.close()
      const monitoring = await opened.monitoring()
      monitoring.start()
      opened.watchSources()
      opened.watchDeployments()
      changes.emit('workspace')
      return opened
    })
    switching = result.catch(() => {})
    return result
  }

  return {
    version: installation.version,
    shell,
    workspaces,
    tasks,
    changes,
    current: () => current,
    opened() {
      if (current) return current
      throw new Failure('not-found', 'No workspace is open.', 'Open a folder, or create one from a sample.')
    },
    open: (path) => switchTo(() => workspaces.open(path)),
    create: (path, sample) => switchTo(() => workspaces.create(path, sample)),
    async close() {
      await switching
      await current?.close()
      current = null
    },
  }
}

/** The services of one workspace for a command of the command line. */
export async function openForCommand(path: string): Promise<OpenWorkspace> {
  const workspaces = createWorkspaces({ resourcesFolder: installation.resourcesFolder })
  return openServices(await workspaces.open(path))
}
