import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Edit, NotebookView } from '../../../shared/contract/notebook.ts'
import { Failure } from '../../../shared/failure.ts'
import { applyEdits } from '../../../shared/notebook/apply-edits.ts'
import type { Cell } from '../../../shared/notebook/notebook.ts'
import { autosaveMs, createNotebookSession, type NotebookEngine } from './session.ts'

const idle = { status: 'idle', ms: null, reason: '' } as const

/** A notebook in memory that obeys the contract: revisions grow, stale edits conflict. */
function memoryNotebook(cells: Cell[]) {
  let state = { cells, revision: 1 }
  const log: string[] = []
  const view = (): NotebookView => ({
    path: 'n.ipynb',
    revision: state.revision,
    running: false,
    cells: state.cells.map((cell) => ({ cell, state: idle, outputs: [], upstream: [] })),
  })
  const edit = (revision: number, edits: readonly Edit[]) => {
    if (revision !== state.revision) {
      throw new Failure('conflict', 'The notebook was changed elsewhere.', 'Read it again.')
    }
    state = { cells: applyEdits({ cells: state.cells }, edits).cells, revision: revision + 1 }
  }
  const engine: NotebookEngine = {
    open: async () => view(),
    edit: async ({ revision, edits }) => {
      log.push(`edit ${edits.length}`)
      edit(revision, edits)
      return { revision: state.revision }
    },
    run: async ({ what }) => void log.push(`run ${what.type}`),
    interrupt: async () => void log.push('interrupt'),
    clearOutputs: async () => void log.push('clear'),
  }
  return {
    engine,
    view,
    log,
    source: (id: string) => state.cells.find((cell) => cell.id === id)?.source,
    elsewhere: (edits: readonly Edit[]) => edit(state.revision, edits),
  }
}

const first: Cell = { id: 'a', kind: 'sql', name: 't', source: 'select 1' }

function opened(cells: Cell[] = [first]) {
  const notebook = memoryNotebook(cells)
  const session = createNotebookSession('n.ipynb', notebook.engine)
  session.take({ type: 'document', view: notebook.view() })
  return { notebook, session }
}

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

describe('a notebook session', () => {
  it('saves typing once, after a pause', async () => {
    const { notebook, session } = opened()
    for (const source of ['select 12', 'select 123']) {
      session.edit([{ type: 'update', id: 'a', source }], 'source:a')
    }
    expect(session.store.getState().saving).toBe('unsaved')
    await vi.advanceTimersByTimeAsync(autosaveMs + 1)
    expect(notebook.log).toEqual(['edit 1'])
    expect(notebook.source('a')).toBe('select 123')
    expect(session.store.getState().saving).toBe('saved')
  })

  it('saves before it runs', async () => {
    const { notebook, session } = opened()
    session.edit([{ type: 'update', id: 'a', source: 'select 2' }])
    await session.run({ type: 'all' })
    expect(notebook.log).toEqual(['edit 1', 'run all'])
  })

  it('does not overwrite unsaved typing with what the engine sends', () => {
    const { notebook, session } = opened()
    session.edit([{ type: 'update', id: 'a', source: 'select 2' }])
    session.take({ type: 'document', view: notebook.view() })
    expect(session.store.getState().cells[0]?.source).toBe('select 2')
  })

  it('takes changes made elsewhere when nothing is unsaved, and forgets steps that no longer fit', async () => {
    const { notebook, session } = opened()
    session.edit([{ type: 'update', id: 'a', source: 'select 2' }])
    await session.flush()
    notebook.elsewhere([{ type: 'update', id: 'a', source: 'select 3' }])
    session.take({ type: 'document', view: notebook.view() })
    expect(session.store.getState().cells[0]?.source).toBe('select 3')
    session.undo()
    expect(session.store.getState().cells[0]?.source).toBe('select 3')
  })

  it('says so when the notebook was changed elsewhere, keeps the text, and can read it again', async () => {
    const { notebook, session } = opened()
    notebook.elsewhere([{ type: 'update', id: 'a', source: 'theirs' }])
    session.edit([{ type: 'update', id: 'a', source: 'mine' }])
    await expect(session.flush()).rejects.toThrow('changed elsewhere')
    expect(session.store.getState().problem).toBeInstanceOf(Failure)
    expect(session.store.getState().cells[0]?.source).toBe('mine')
    await session.reload()
    expect(session.store.getState()).toMatchObject({ saving: 'saved', problem: undefined })
    expect(session.store.getState().cells[0]?.source).toBe('theirs')
    session.edit([{ type: 'update', id: 'a', source: 'mine after all' }])
    await session.flush()
    expect(notebook.source('a')).toBe('mine after all')
  })

  it('undoes structure and text in the order in which they were done', async () => {
    const { notebook, session } = opened()
    session.edit([{ type: 'update', id: 'a', source: 'select 2' }])
    const id = session.insert(1, 'markdown', '# Title')
    session.undo()
    expect(session.store.getState().cells.map((cell) => cell.id)).toEqual(['a'])
    session.undo()
    expect(session.store.getState().cells[0]?.source).toBe('select 1')
    session.redo()
    session.redo()
    await session.flush()
    expect(notebook.source(id)).toBe('# Title')
    expect(notebook.source('a')).toBe('select 2')
  })
})
