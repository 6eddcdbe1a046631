import type { CellView, Edit, NotebookView } from '../../shared/contract/notebook.ts'
import { describeFailure, Failure } from '../../shared/failure.ts'
import { applyEdits } from '../../shared/notebook/apply-edits.ts'
import type { Output } from '../../shared/notebook/cell-state.ts'
import { buildGraph, type Graph } from '../../shared/notebook/graph.ts'
import type { Cell, Notebook } from '../../shared/notebook/notebook.ts'
import {
  type CellFacts,
  restore,
  type StalenessMessage,
  type StalenessState,
  type StoredCell,
  stateOf,
  transition,
} from '../../shared/notebook/staleness.ts'
import type { AnalysedCell } from './analyse-cell.ts'
import { cellHashes } from './cell-hash.ts'
import { changedFiles } from './changed-files.ts'
import type { EventStream } from './notebook-events.ts'
import type { NotebookFile } from './notebook-file.ts'
import type { OutputStore } from './output-store.ts'
import { createModelReferences } from './predictions/model-references.ts'

/** An open notebook: its document, what is known of each cell, and who is told about it. Runs nothing. */
export interface NotebookState {
  readonly path: string
  view(): NotebookView
  analysed(id: string): AnalysedCell | undefined
  cells(): readonly AnalysedCell[]
  staleness(): StalenessState
  document(): Notebook
  hashes(params?: Readonly<Record<string, unknown>>): Map<string, string>
  dispatch(message: StalenessMessage): void
  outputs(id: string): readonly Output[]
  show(id: string, outputs: readonly Output[]): void
  setRunning(running: boolean): void
  /** Remembers what a run gave; a cell that was edited meanwhile becomes stale. */
  remember(id: string, run: FinishedRun): Promise<void>
  edit(revision: number, edits: readonly Edit[]): Promise<number>
  /** Reads the file again when another program wrote it. */
  reloadIfChanged(): Promise<void>
  /** The files a cell reads, each with a text that is another once it was written again. */
  fileStamps(id: string): Promise<Record<string, string>>
  /** Marks cells stale whose files are not what they were when the cells ran. */
  checkFiles(): Promise<void>
  clear(): Promise<void>
  /** Cells that read a model version by a name that points to another one now become stale. */
  modelsChanged(): Promise<void>
}

export interface FinishedRun {
  /** Of the code that ran, under `params`. */
  hash: string
  params: Readonly<Record<string, unknown>>
  /** Stamps of the files it read. */
  files: Record<string, string>
  status: 'done' | 'failed'
  ms: number
  reason: string
}

export interface NotebookStateDependencies {
  path: string
  file: NotebookFile
  analyse: (cells: readonly Cell[]) => Promise<AnalysedCell[]>
  store: OutputStore
  stream: EventStream
  /** Whether a relation shown under a cell is still there. */
  relationExists: (relation: string) => Promise<boolean>
  fileStamps: (analysed: AnalysedCell) => Promise<Record<string, string>>
  /** The version that a reference such as `churn@champion` points to, as `churn:4`; null where it points to none. */
  versionOf: (reference: string) => Promise<string | null>
}

function graphOf(analysed: readonly AnalysedCell[]): Graph {
  const enabled = new Set(analysed.filter(({ cell }) => !cell.disabled).flatMap(({ names }) => names.defines))
  return buildGraph(
    analysed.map(({ cell, names }) =>
      // A disabled cell may stand beside its replacement.
      cell.disabled ? { ...names, defines: names.defines.filter((symbol) => !enabled.has(symbol)) } : names,
    ),
  )
}

function factsOf(cells: readonly Cell[]): Map<string, CellFacts> {
  return new Map(
    cells.map((cell) => [cell.id, { disabled: cell.disabled === true, markdown: cell.kind === 'markdown' }]),
  )
}

function sameCode(a: Cell, b: Cell): boolean {
  return (
    a.source === b.source &&
    a.kind === b.kind &&
    a.name === b.name &&
    a.materialize === b.materialize &&
    a.disabled === b.disabled
  )
}

export async function openNotebookState(dependencies: NotebookStateDependencies): Promise<NotebookState> {
  const { path, file, store, stream, relationExists, fileStamps } = dependencies
  const models = createModelReferences(dependencies.versionOf)
  const analyse = async (cells: readonly Cell[]) => {
    const found = await dependencies.analyse(cells)
    await models.read(found)
    return found
  }
  let notebook = await file.load()
  let analysed = await analyse(notebook.cells)
  let revision = 1
  let running = false
  const outputs = new Map<string, readonly Output[]>()
  const lastRun = new Map<string, string>()
  /** The files each cell read when it ran. */
  const stamps = new Map<string, Readonly<Record<string, string>>>()
  let staleness = restore(graphOf(analysed), factsOf(notebook.cells), new Map())
  // Edits come one after another: each builds on the file that the one before has written.
  let turn: Promise<unknown> = Promise.resolve()
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const next = turn.then(work, work)
    turn = next.catch(() => undefined)
    return next
  }

  const hashes = (params?: Readonly<Record<string, unknown>>) =>
    cellHashes(notebook.cells, staleness.graph, params, models.versions())

  const current = (graph: Graph) => {
    const now = cellHashes(notebook.cells, graph, undefined, models.versions())
    return new Set([...now].filter(([id, hash]) => lastRun.get(id) === hash).map(([id]) => id))
  }

  const viewCell = (cell: Cell): CellView => {
    const state = stateOf(staleness, cell.id)
    const problem = staleness.graph.problems.get(cell.id)
    return {
      cell,
      state: problem !== undefined && state.status === 'idle' ? { ...state, reason: problem } : state,
      outputs: [...(outputs.get(cell.id) ?? [])],
      upstream: [...(staleness.graph.upstream.get(cell.id) ?? [])],
    }
  }
  const view = (): NotebookView => ({ path, revision, cells: notebook.cells.map(viewCell), running })

  const dispatch = (message: StalenessMessage) => {
    const before = staleness
    staleness = transition(staleness, message)
    if (message.type === 'edited') return
    for (const id of staleness.graph.order) {
      const [old, state] = [stateOf(before, id), stateOf(staleness, id)]
      if (old.status !== state.status || old.ms !== state.ms || old.reason !== state.reason) {
        stream.send({ type: 'state', id, state })
      }
    }
  }

  const stampsOf = async (id: string): Promise<Record<string, string>> => {
    const found = analysed.find(({ cell }) => cell.id === id)
    return found ? fileStamps(found) : {}
  }

  const readStore = async () => {
    const now = hashes()
    const stored = new Map<string, StoredCell>()
    const gone: string[] = []
    for (const { id } of notebook.cells) {
      const entry = await store.read(path, id)
      if (!entry) continue
      const { status, ms, reason } = entry
      stored.set(id, { status, ms, reason, current: entry.hash === now.get(id) })
      outputs.set(id, entry.outputs)
      if (status === 'done') lastRun.set(id, entry.hash)
      stamps.set(id, entry.files)
      for (const output of entry.outputs) {
        if (output.type === 'relation' && !(await relationExists(output.relation))) gone.push(id)
      }
    }
    staleness = restore(staleness.graph, staleness.facts, stored)
    if (gone.length > 0) {
      for (const id of gone) lastRun.delete(id)
      dispatch({ type: 'lost', ids: gone, reason: 'Its relation is no longer in the database.' })
    }
  }
  await readStore()

  const replace = async (next: Notebook) => {
    const old = new Map(notebook.cells.map((cell) => [cell.id, cell]))
    const wasIn = staleness.graph
    const changed = next.cells
      .filter((cell) => {
        const before = old.get(cell.id)
        return !before || !sameCode(before, cell)
      })
      .map(({ id }) => id)
    const removed = notebook.cells.filter(({ id }) => !next.cells.some((cell) => cell.id === id))
    for (const { id } of removed) changed.push(...(wasIn.downstream.get(id) ?? []))
    const nextAnalysed = await analyse(next.cells)
    notebook = next
    analysed = nextAnalysed
    const graph = graphOf(analysed)
    dispatch({ type: 'edited', graph, facts: factsOf(next.cells), changed, current: current(graph) })
    revision += 1
    stream.send({ type: 'document', view: view() })
  }

  return {
    path,
    view,
    analysed: (id) => analysed.find(({ cell }) => cell.id === id),
    cells: () => analysed,
    staleness: () => staleness,
    document: () => notebook,
    hashes,
    dispatch,
    outputs: (id) => outputs.get(id) ?? [],
    show(id, shown) {
      outputs.set(id, shown)
      stream.send({ type: 'outputs', id, outputs: [...shown] })
    },
    setRunning(next) {
      running = next
      stream.send({ type: 'running', running })
    },
    async remember(id, { hash, params, files, status, ms, reason }) {
      if (!notebook.cells.some((cell) => cell.id === id)) return
      if (status === 'done') lastRun.set(id, hash)
      else lastRun.delete(id)
      stamps.set(id, files)
      dispatch(status === 'done' ? { type: 'finished', id, ms } : { type: 'failed', id, ms, reason })
      if (hashes(params).get(id) !== hash && status === 'done') {
        const { graph, facts } = staleness
        dispatch({ type: 'edited', graph, facts, changed: [id], current: current(graph) })
        stream.send({ type: 'state', id, state: stateOf(staleness, id) })
      }
      const shown = outputs.get(id) ?? []
      try {
        await store.write(path, id, { hash, files, status, ms, reason, outputs: [...shown] })
      } catch (error) {
        // The run itself succeeded; only the next opening will not show its output.
        const text = `The output was not kept for the next opening. ${describeFailure(error)}\n`
        const note: Output = { type: 'text', stream: 'stderr', text, omitted: 0 }
        outputs.set(id, [...shown, note])
        stream.send({ type: 'outputs', id, outputs: [...shown, note] })
      }
    },
    edit: (against, edits) =>
      inTurn(async () => {
        if (against !== revision) {
          throw new Failure(
            'conflict',
            `The edit of ${path} is against revision ${against}; the notebook is at ${revision}.`,
            'Reload the notebook and edit it again.',
          )
        }
        const next = applyEdits(notebook, edits)
        await file.save(next, edits)
        await replace(next)
        return revision
      }),
    reloadIfChanged: () =>
      inTurn(async () => {
        if (await file.changedOnDisk()) await replace(await file.load())
      }),
    fileStamps: stampsOf,
    async checkFiles() {
      for (const { id } of notebook.cells) {
        const before = stamps.get(id)
        if (!before || stateOf(staleness, id).status !== 'done') continue
        const reason = changedFiles(before, await stampsOf(id))
        if (reason === null || stateOf(staleness, id).status !== 'done') continue
        lastRun.delete(id)
        dispatch({ type: 'inputs', ids: [id], reason })
      }
    },
    modelsChanged: () =>
      inTurn(async () => {
        for (const { id, reason } of await models.again(analysed))
          dispatch({ type: 'inputs', ids: [id], reason })
      }),
    async clear() {
      await store.clear(path)
      lastRun.clear()
      stamps.clear()
      for (const { id } of notebook.cells) {
        if (outputs.has(id)) stream.send({ type: 'outputs', id, outputs: [] })
      }
      outputs.clear()
      dispatch({ type: 'cleared' })
    },
  }
}
