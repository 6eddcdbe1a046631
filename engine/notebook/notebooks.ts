import type { Edit, NotebookEvent, NotebookView } from '../../shared/contract/notebook.ts'
import type { Catalog } from '../catalog/catalog.ts'
import type { Changes } from '../changes.ts'
import type { Database } from '../data/database.ts'
import type { Tasks } from '../tasks.ts'
import type { Training } from '../training/training.ts'
import { confine, relativeTo } from '../workspace/confine.ts'
import { createAnalyser } from './analyse-cell.ts'
import { relationExists } from './cell-relation.ts'
import { runChartCell } from './charts/run-chart-cell.ts'
import { fileStamps } from './files-read.ts'
import { createEventStream, type EventStream } from './notebook-events.ts'
import { createNotebookFile, journalPath } from './notebook-file.ts'
import { createNotebookRunner, type NotebookRunner, type RunWhat } from './notebook-runner.ts'
import { type NotebookState, openNotebookState } from './notebook-state.ts'
import { createOutputStore, notebookKey } from './output-store.ts'
import { versionOf } from './predictions/model-references.ts'
import { createPredictions } from './predictions/with-predictions.ts'
import { createRegistering } from './registering/register-model.ts'
import { runCheckCell } from './run-check-cell.ts'
import {
  checkParams,
  type OnNotebookEvent,
  type RunOptions,
  type RunReport,
  reportOf,
} from './run-notebook.ts'
import { createTrainRunner } from './run-train-cell.ts'
import { runSqlCell } from './sql/run-sql-cell.ts'
import { createTypescriptRunner } from './typescript/run-typescript-cell.ts'
import { createSessionQueries } from './typescript/session-queries.ts'
import { createTypescriptSession } from './typescript/typescript-session.ts'

/** The notebooks of one workspace. Paths are relative to it (or absolute inside it). Opening runs nothing. */
export interface Notebooks {
  /** Also reads the file again when another program changed it. @throws Failure naming the notebook */
  open(path: string): Promise<NotebookView>
  /**
   * Begins with the whole document, read again when another program changed it; ends with `signal` or when the
   * iterator is dropped.
   */
  events(path: string, signal?: AbortSignal): AsyncIterableIterator<NotebookEvent>
  edit(path: string, revision: number, edits: readonly Edit[]): Promise<{ revision: number }>
  /** Queues and answers at once. */
  run(path: string, what: RunWhat): Promise<void>
  interrupt(path: string): Promise<void>
  clearOutputs(path: string): Promise<void>
  /** Runs everything in dependency order and answers when it is done. */
  runNotebook(path: string, options?: RunOptions, onEvent?: OnNotebookEvent): Promise<RunReport>
  /** Marks cells stale whose files were changed since they ran. */
  checkFiles(): Promise<void>
  /** The file was renamed: its outputs go with it, and whoever watched it opens it anew. */
  moved(from: string, to: string): Promise<void>
  close(): Promise<void>
}

export interface NotebooksDependencies {
  workspaceFolder: string
  database: Database
  training: Training
  catalog: Catalog
  tasks: Tasks
  changes: Changes
}

interface OpenNotebook {
  state: NotebookState
  runner: NotebookRunner
  stream: EventStream
  close(): Promise<void>
}

export function createNotebooks(dependencies: NotebooksDependencies): Notebooks {
  const { workspaceFolder, database, training, catalog, tasks, changes } = dependencies
  const store = createOutputStore(`${workspaceFolder}/.slipway/outputs`)
  const predictions = createPredictions(catalog)
  const open = new Map<string, Promise<OpenNotebook>>()
  const unwatch = changes.watch((area) => {
    if (area !== 'models') return
    for (const opened of open.values()) {
      // What cannot be read now is read again with the next change.
      opened.then(({ state }) => state.modelsChanged()).catch(() => undefined)
    }
  })

  const openNotebook = async (path: string, absolute: string): Promise<OpenNotebook> => {
    const file = createNotebookFile(absolute, path, journalPath(workspaceFolder, notebookKey(path)))
    const stream = createEventStream()
    // Parsing goes on while cells run, so it has a connection of its own.
    const parser = await database.session()
    const session = await database.session()
    const closeSessions = () => {
      parser.close()
      session.close()
    }
    const analyser = createAnalyser(parser)
    const state = await openNotebookState({
      path,
      file,
      analyse: analyser.analyse,
      store,
      stream,
      relationExists: (relation) => relationExists(parser, relation),
      fileStamps: (analysed) => fileStamps(analysed, workspaceFolder),
      versionOf: (reference) => versionOf(catalog, reference),
    }).catch((error: unknown) => {
      closeSessions()
      throw error
    })
    const code = createTypescriptSession({
      queries: createSessionQueries(
        session,
        catalog,
        predictions,
        createRegistering({ training, catalog, changes }),
      ),
      onLost: () => runner.sessionLost(),
    })
    const runner = createNotebookRunner({
      state,
      session,
      workspaceFolder,
      runners: {
        sql: runSqlCell,
        check: runCheckCell,
        chart: runChartCell,
        train: createTrainRunner(training, catalog, changes),
        typescript: createTypescriptRunner(code, workspaceFolder),
        markdown: async () => ({ ok: true }),
      },
      stopCode: () => code.stop(),
      predictions,
      tasks,
      changes,
    })
    return {
      state,
      runner,
      stream,
      async close() {
        await runner.interrupt()
        await code.close()
        stream.end()
        closeSessions()
      },
    }
  }

  const keyOf = async (path: string) => {
    const root = await confine(workspaceFolder, '.')
    const absolute = await confine(workspaceFolder, path)
    return { key: relativeTo(root, absolute), absolute }
  }

  const get = async (path: string): Promise<OpenNotebook> => {
    const { key, absolute } = await keyOf(path)
    const known = open.get(key)
    if (known) return known
    const opening = openNotebook(key, absolute)
    open.set(key, opening)
    opening.catch(() => open.delete(key))
    return opening
  }

  const forget = async (key: string) => {
    const known = open.get(key)
    open.delete(key)
    if (known) await (await known).close()
  }

  async function* events(path: string, signal?: AbortSignal): AsyncGenerator<NotebookEvent> {
    const { state, stream } = await get(path)
    await state.reloadIfChanged()
    yield* stream.subscribe({ type: 'document', view: state.view() }, signal)
  }

  return {
    async open(path) {
      const { state } = await get(path)
      await state.reloadIfChanged()
      await state.checkFiles()
      return state.view()
    },
    events,
    async edit(path, revision, edits) {
      const { state } = await get(path)
      return { revision: await state.edit(revision, edits) }
    },
    async run(path, what) {
      const { runner, state } = await get(path)
      await state.checkFiles()
      runner.run(what)
    },
    async interrupt(path) {
      const { runner } = await get(path)
      await runner.interrupt()
    },
    async clearOutputs(path) {
      const { state, runner } = await get(path)
      await runner.interrupt()
      await state.clear()
    },
    async runNotebook(path, options = {}, onEvent) {
      const { state, runner, stream } = await get(path)
      await state.reloadIfChanged()
      await runner.idle()
      checkParams(state, options.params ?? {})
      const watching = new AbortController()
      const told = (async () => {
        const all = stream.subscribe({ type: 'document', view: state.view() }, watching.signal)
        for await (const event of all) onEvent?.(event)
      })()
      const { signal } = options
      const stop = () => void runner.interrupt()
      signal?.addEventListener('abort', stop)
      runner.run({ type: 'all' }, options.params)
      if (signal?.aborted) stop()
      await runner.idle()
      signal?.removeEventListener('abort', stop)
      watching.abort()
      await told
      return reportOf(state, runner.left())
    },
    async checkFiles() {
      for (const opening of open.values()) {
        const notebook = await opening.catch(() => null)
        await notebook?.state.checkFiles()
      }
    },
    async moved(from, to) {
      const [old, next] = [await keyOf(from), await keyOf(to)]
      await forget(old.key)
      await store.move(old.key, next.key)
    },
    async close() {
      unwatch()
      for (const key of [...open.keys()]) await forget(key).catch(() => undefined)
    },
  }
}
