import { existsSync } from 'node:fs'
import { cp, readdir, readFile, realpath, rename, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import type { FileEntry, Sample } from '../../shared/contract/workspace.ts'
import { Failure } from '../../shared/failure.ts'
import { serializeNotebook } from '../../shared/notebook/codec.ts'
import { atomicWrite } from './atomic-write.ts'
import { confine, relativeTo } from './confine.ts'
import { fileEntry, listFiles } from './list-files.ts'
import { makeFolder } from './make-folder.ts'
import { projectFileName, readProject } from './project-file.ts'
import { createRecentList, defaultStateFolder, type RecentEntry } from './recent.ts'
import { workspaceId } from './workspace-id.ts'

/** An open folder. Paths given to its methods are relative to it, and confined to it. */
export interface Workspace {
  readonly path: string
  /** Tells it from every other workspace, wherever the folder lies. */
  readonly id: string
  readonly name: string
  readonly folders: {
    readonly state: string
    readonly database: string
    readonly catalog: string
    readonly outputs: string
    readonly bundles: string
  }
  /** The absolute path of a file in the workspace. @throws Failure `invalid-input` when it leads outside */
  resolve(path: string): Promise<string>
  files(): Promise<FileEntry[]>
  /** `.ipynb` is added when missing. @throws Failure `already-exists` */
  createNotebook(path: string): Promise<FileEntry>
  renameFile(from: string, to: string): Promise<FileEntry>
  layout(): Promise<unknown>
  saveLayout(layout: unknown): Promise<void>
}

export interface BrowseResult {
  path: string
  parent: string | null
  folders: { name: string; path: string; workspace: boolean }[]
}

export interface Workspaces {
  recent(): Promise<RecentEntry[]>
  open(path: string): Promise<Workspace>
  create(path: string, sample?: Sample): Promise<Workspace>
  browse(path?: string): Promise<BrowseResult>
}

export interface WorkspacesDependencies {
  /** Holds `samples/<name>/`. */
  resourcesFolder: string
  stateFolder?: string
  home?: string
  now?: () => Date
}

async function existingFolder(path: string): Promise<string> {
  const found = await stat(path).catch(() => null)
  if (!found) {
    throw new Failure(
      'not-found',
      `There is no folder ${path}.`,
      'Check the path, or create a workspace there.',
    )
  }
  if (!found.isDirectory()) {
    throw new Failure(
      'invalid-input',
      `${path} is a file; expected a folder.`,
      'Open the folder that holds it.',
    )
  }
  return realpath(path)
}

async function refuseExisting(path: string, shown: string): Promise<void> {
  if (existsSync(path)) {
    throw new Failure('already-exists', `${shown} exists already.`, 'Choose another name.')
  }
}

async function openFolder(given: string): Promise<Workspace> {
  const path = await existingFolder(resolve(given))
  const project = await readProject(path)
  const state = join(path, '.slipway')
  const folders = {
    state,
    database: join(state, 'workspace.duckdb'),
    catalog: project.catalog === undefined ? join(state, 'catalog') : resolve(path, project.catalog),
    outputs: join(state, 'outputs'),
    bundles: join(state, 'bundles'),
  }
  try {
    for (const folder of [folders.catalog, folders.outputs, folders.bundles]) {
      await makeFolder(folder)
    }
  } catch (error) {
    throw new Failure(
      'failed',
      `${project.catalog === undefined ? `The folder ${state}` : `The folder ${state} or the catalog ${folders.catalog}`} cannot be made: ${error instanceof Error ? error.message : String(error)}.`,
      'A workspace needs a folder that can be written: change its permissions or choose another one.',
    )
  }
  const layoutFile = join(state, 'layout.json')
  return {
    path,
    id: await workspaceId(state),
    name: project.name ?? (basename(path) || path),
    folders,
    resolve: (file) => confine(path, file),
    files: () => listFiles(path),
    async createNotebook(file) {
      const absolute = await confine(path, file.endsWith('.ipynb') ? file : `${file}.ipynb`)
      await refuseExisting(absolute, `The file ${relativeTo(path, absolute)}`)
      await atomicWrite(absolute, serializeNotebook({ cells: [] }))
      return fileEntry(path, relativeTo(path, absolute))
    },
    async renameFile(from, to) {
      const [source, target] = [await confine(path, from), await confine(path, to)]
      if (!existsSync(source) || source === path) {
        throw new Failure('not-found', `There is no file ${from}.`, 'Reload the list of files.')
      }
      await refuseExisting(target, `The file ${relativeTo(path, target)}`)
      await makeFolder(dirname(target))
      await rename(source, target)
      return fileEntry(path, relativeTo(path, target))
    },
    async layout() {
      try {
        const layout: unknown = JSON.parse(await readFile(layoutFile, 'utf8'))
        return layout
      } catch {
        // Never saved, or damaged: the window falls back to its own default.
        return null
      }
    },
    saveLayout: (layout) => atomicWrite(layoutFile, `${JSON.stringify(layout ?? null)}\n`),
  }
}

async function copySample(source: string, target: string): Promise<void> {
  if (!existsSync(source)) {
    throw new Failure(
      'not-found',
      `The sample ${basename(source)} is not part of this installation (${source}).`,
      'Install Slipway again, or create an empty workspace.',
    )
  }
  const names = await readdir(source)
  for (const name of names) {
    await refuseExisting(join(target, name), `${join(target, name)}, which the sample would write,`)
  }
  for (const name of names) {
    await cp(join(source, name), join(target, name), { recursive: true, errorOnExist: true, force: false })
  }
}

export function createWorkspaces(dependencies: WorkspacesDependencies): Workspaces {
  const { resourcesFolder, home = homedir(), now } = dependencies
  const recent = createRecentList(dependencies.stateFolder ?? defaultStateFolder(), now)
  const open = async (path: string) => {
    const workspace = await openFolder(path)
    await recent.add(workspace.path)
    return workspace
  }
  return {
    recent: () => recent.list(),
    open,
    async create(given, sample) {
      const path = resolve(given)
      const project = join(path, projectFileName)
      await refuseExisting(project, `A workspace in ${path}`)
      await makeFolder(path).catch((error: Error) => {
        throw new Failure(
          'failed',
          `The folder ${path} cannot be made: ${error.message}.`,
          'See that the folders above it are folders and can be written, or choose another place.',
        )
      })
      if (sample) await copySample(join(resourcesFolder, 'samples', sample), path)
      if (!existsSync(project)) await atomicWrite(project, '{}\n')
      // Outputs and the database are large and can be made again.
      const ignore = join(path, '.gitignore')
      if (!existsSync(ignore)) await atomicWrite(ignore, '.slipway/\n')
      return open(path)
    },
    async browse(given = home) {
      const path = await existingFolder(resolve(given))
      const entries = await readdir(path, { withFileTypes: true }).catch(() => [])
      const names = entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
      const folders = names
        .map(({ name }) => ({
          name,
          path: join(path, name),
          workspace: existsSync(join(path, name, projectFileName)),
        }))
        .sort((a, b) => a.name.localeCompare(b.name))
      const parent = dirname(path)
      return { path, parent: parent === path ? null : parent, folders }
    },
  }
}
