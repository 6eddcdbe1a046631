import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Edit, NotebookEvent, NotebookView } from '../../../shared/contract/notebook.ts'
import { applyEdits } from '../../../shared/notebook/apply-edits.ts'
import type { Cell, CellKind } from '../../../shared/notebook/notebook.ts'
import { inverseEdits, mergeEdits } from './edits.ts'
import { initialState, type NotebookState, takeEvent } from './notebook-state.ts'
import { emptyLog, record, redo, undo } from './undo-log.ts'

export type RunWhat =
  | { readonly type: 'cell'; readonly id: string }
  | { readonly type: 'stale' }
  | { readonly type: 'all' }

/** The part of the engine that a session talks to. */
export interface NotebookEngine {
  open(input: { path: string }): Promise<NotebookView>
  edit(input: { path: string; revision: number; edits: Edit[] }): Promise<{ revision: number }>
  run(input: { path: string; what: RunWhat }): Promise<unknown>
  interrupt(input: { path: string }): Promise<unknown>
  clearOutputs(input: { path: string }): Promise<unknown>
}

/** One open notebook: edits are shown at once and sent after a pause. */
export interface NotebookSession {
  readonly path: string
  readonly store: StoreApi<NotebookState>
  /** `key` joins edits that follow one another closely into one undo step. */
  edit(edits: readonly Edit[], key?: string): void
  insert(index: number, kind: CellKind, source?: string): string
  undo(): void
  redo(): void
  select(id: string | null, mode?: NotebookState['mode']): void
  /** Sends what is unsaved; answers when the engine has it. Rejects when it does not take it. */
  flush(): Promise<void>
  run(what: RunWhat): Promise<void>
  interrupt(): Promise<void>
  clearOutputs(): Promise<void>
  /** Drops what is unsaved and reads the notebook again. */
  reload(): Promise<void>
  take(event: NotebookEvent): void
}

export const autosaveMs = 300

export function createNotebookSession(
  path: string,
  engine: NotebookEngine,
  now: () => number = Date.now,
  newId: () => string = () => crypto.randomUUID().replaceAll('-', '').slice(0, 12),
): NotebookSession {
  const store = createStore<NotebookState>(() => initialState)
  let pending: Edit[] = []
  let sending: Promise<void> | undefined
  let timer: ReturnType<typeof setTimeout> | undefined

  const apply = (edits: readonly Edit[]) => {
    store.setState((state) => {
      const cells = applyEdits({ cells: [...state.cells] }, edits).cells
      return { cells, saving: 'unsaved' }
    })
    pending = mergeEdits([...pending, ...edits])
    clearTimeout(timer)
    timer = setTimeout(() => flush().catch(() => {}), autosaveMs)
  }

  const send = async () => {
    const batch = pending
    pending = []
    store.setState({ saving: 'saving' })
    try {
      const { revision } = await engine.edit({ path, revision: store.getState().revision, edits: batch })
      store.setState({
        revision,
        saving: pending.length > 0 ? 'unsaved' : 'saved',
        problem: undefined,
      })
    } catch (error) {
      pending = mergeEdits([...batch, ...pending])
      store.setState({ saving: 'unsaved', problem: error })
      throw error
    }
  }

  const flush = async () => {
    clearTimeout(timer)
    while (sending || pending.length > 0) {
      sending ??= send().finally(() => {
        sending = undefined
      })
      await sending
    }
  }

  return {
    path,
    store,
    edit(edits, key) {
      const { cells, log } = store.getState()
      const inverse = inverseEdits(cells, edits)
      apply(edits)
      store.setState({ log: record(log, { edits, inverse, key, at: now() }) })
    },
    insert(index, kind, source = '') {
      const cell: Cell = { id: newId(), kind, name: '', source }
      this.edit([{ type: 'insert', index, cell }])
      store.setState({ selected: cell.id, mode: 'edit' })
      return cell.id
    },
    undo() {
      const step = undo(store.getState().log)
      if (!step) return
      apply(step.edits)
      store.setState({ log: step.log })
      keepSelection()
    },
    redo() {
      const step = redo(store.getState().log)
      if (!step) return
      apply(step.edits)
      store.setState({ log: step.log })
      keepSelection()
    },
    select(id, mode) {
      const state = store.getState()
      const next = mode ?? state.mode
      if (state.selected !== id || state.mode !== next) store.setState({ selected: id, mode: next })
    },
    flush,
    async run(what) {
      await flush()
      await engine.run({ path, what })
    },
    async interrupt() {
      await engine.interrupt({ path })
    },
    async clearOutputs() {
      await engine.clearOutputs({ path })
    },
    async reload() {
      clearTimeout(timer)
      pending = []
      const view = await engine.open({ path })
      store.setState({ saving: 'saved', problem: undefined, log: emptyLog, revision: 0 })
      store.setState((state) => takeEvent(state, { type: 'document', view }))
    },
    take(event) {
      store.setState((state) => takeEvent(state, event))
    },
  }

  function keepSelection() {
    const { cells, selected } = store.getState()
    if (!cells.some((cell) => cell.id === selected)) store.setState({ selected: cells[0]?.id ?? null })
  }
}
